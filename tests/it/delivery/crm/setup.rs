//! How a Leadwire is told of the CRM: its `leadwire.toml`, its settings, a flow that delivers.

use super::Crm;
use crate::harness::Place;

/// The token the CRM accepts at first.
pub const SECRET: &str = "crm-token";

/// What a sink is configured to do with the CRM.
#[derive(Clone, Copy, Debug)]
pub struct Can {
    /// Corrections are sent.
    pub update: bool,
    /// It is asked for what may have arrived.
    pub look_up: bool,
    /// It is taken to honour idempotency keys.
    pub repeat: bool,
    /// All it has is listed.
    pub list: bool,
}

impl Can {
    /// As the CRM is at first.
    pub const LOOK_UP: Can = Can { update: true, look_up: true, repeat: false, list: true };
    /// It honours keys, and cannot be asked.
    pub const REPEAT: Can = Can { look_up: false, repeat: true, ..Can::LOOK_UP };
    /// It can do neither.
    pub const NEITHER: Can = Can { look_up: false, repeat: false, ..Can::LOOK_UP };
}

impl Crm {
    /// A `[[sinks]]` table of this CRM under this name; its token is in `CRM_TOKEN`.
    pub fn sink(&self, name: &str, can: Can) -> String {
        let url = &self.url;
        let mut table = format!(
            "[[sinks]]\nname = \"{name}\"\nkind = \"rest\"\nurl = \"{url}/leads\"\nauth = \"bearer\"\nsecret = \"CRM_TOKEN\"\n\
             fields = {{ ref = \"{{{{ key }}}}\", name = \"{{{{ name }}}}\", phone = \"{{{{ phone }}}}\", \
             email = \"{{{{ email }}}}\", city = \"{{{{ city }}}}\", score = \"{{{{ score | tojson }}}}\" }}\n\
             key_field = \"/external_id\"\n"
        );
        if can.update {
            table.push_str(&format!("update = \"{url}/leads/{{{{ sink_id }}}}\"\n"));
        }
        if can.look_up {
            table.push_str(&format!("find_by_key = \"{url}/leads?ref={{{{ key }}}}\"\n"));
        }
        if can.repeat {
            table.push_str("repeats_safely = true\n");
        }
        if can.list {
            table.push_str(&format!("list = \"{url}/leads?since={{{{ since }}}}&page={{{{ page }}}}\"\n"));
        }
        table
    }
}

/// Writes `leadwire.toml` of these tables; what `LEADWIRE_CONFIG` is then.
pub fn write_config(place: &Place, tables: &[String]) -> String {
    let file = place.folder().join("leadwire.toml");
    std::fs::write(&file, tables.join("\n")).unwrap();
    file.display().to_string()
}

/// The settings of a server with this `leadwire.toml` and the CRM's first token.
pub fn settings(config: &str) -> Vec<(&'static str, String)> {
    let fixed = [
        ("CRM_TOKEN", SECRET),
        ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1"),
        ("OUTGOING_TIMEOUT_SECONDS", "1"),
        ("AB_TESTING_ENABLED", "false"),
        ("LEADWIRE_CONFIG", config),
    ];
    fixed.map(|(name, value)| (name, value.to_owned())).to_vec()
}

/// Makes this the only flow: two questions by SMS or chat, then what is known is delivered to these sinks.
pub fn flow(place: &Place, sinks: &[&str]) {
    for file in std::fs::read_dir(place.flows()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    let mut text = "id     = \"order\"\ntitle  = \"An order\"\nregion = \"US\"\n\n[start]\nchannels = [\"sms\", \"web\"]\n\
        default  = true\nkeywords = [\"hi\"]\n\n\
        [[steps]]\nid  = \"name\"\nask = \"name\"\nsay = \"What is your name?\"\n\n\
        [[steps]]\nid  = \"city\"\nask = \"text\"\nsay = \"Which city are you in?\"\n\n\
        [[steps]]\nid  = \"bye\"\nsay = \"Thank you, we will call.\"\nend = \"completed\"\n"
        .to_owned();
    for sink in sinks {
        text.push_str(&format!(
            "\n[[deliver]]\nto  = \"{sink}\"\non  = \"completed\"\n\
             map = {{ name = \"{{{{ name }}}}\", city = \"{{{{ city }}}}\" }}\n"
        ));
    }
    std::fs::write(place.flows().join("order.toml"), text).unwrap();
}
