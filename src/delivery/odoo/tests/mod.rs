mod answers;
mod requests;

use super::*;

fn record(sink_id: Option<&str>) -> Record {
    let fields =
        [("full_name", "Ann Lee"), ("email", "ann@example.com"), ("mobile", "+1415"), ("note", "a <b>\n& c")];
    Record {
        key: "lw-7".to_owned(),
        sink_id: sink_id.map(str::to_owned),
        fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        facts: [("source".to_owned(), json!("<ad>")), ("score".to_owned(), json!(80))].into(),
        ..Record::default()
    }
}

fn sink(api: Api, database: Option<&str>, fields: &[(&str, &str)]) -> Odoo {
    let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Odoo::new(Settings {
        url: "https://odoo.example.com/".to_owned(),
        database: database.map(str::to_owned),
        api,
        key_field: KEY_FIELD.to_owned(),
        fields: Mapping::new(&fields).unwrap(),
        lead_type: LeadType::Opportunity,
        team_id: Some(3),
    })
}

fn json2(fields: &[(&str, &str)]) -> Odoo {
    sink(Api::Json2 { key: "the-key".into() }, Some("prod"), fields)
}

fn rpc(database: Option<&str>) -> Odoo {
    sink(Api::JsonRpc { login: "bot".to_owned(), key: "the-key".into() }, database, &[])
}
