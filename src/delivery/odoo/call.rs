//! Calls of `crm.lead`'s methods, as either API carries them.

use super::{Api, Settings};
use crate::delivery::Errand;
use crate::domain::sending::{Authorization, Method, Outgoing};
use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};

const MODEL: &str = "crm.lead";

/// A call of a method.
pub(super) struct Call {
    method: &'static str,
    /// Its arguments by name, as JSON-2 has them.
    named: Json,
    /// The same as JSON-RPC has them: by place, and by name.
    args: (Json, Json),
}

impl Call {
    /// Makes a record of these values.
    pub(super) fn create(values: &Json) -> Call {
        Call { method: "create", named: json!({"vals_list": [values]}), args: (json!([values]), json!({})) }
    }

    /// Writes these values to a record.
    pub(super) fn write(id: i64, values: &Json) -> Call {
        let args = (json!([[id], values]), json!({}));
        Call { method: "write", named: json!({"ids": [id], "vals": values}), args }
    }

    /// Reads the records of a domain.
    pub(super) fn search(domain: &Json, arguments: Json) -> Call {
        let mut named = arguments.clone();
        named["domain"] = domain.clone();
        Call { method: "search_read", named, args: (json!([domain]), arguments) }
    }
}

impl Settings {
    /// The request of a call. `None`: JSON-RPC without a session or a database.
    pub(super) fn request(&self, call: &Call, session: &str) -> Option<Errand> {
        match &self.api {
            Api::Json2 { key } => {
                let database = self.database.iter().map(|name| ("X-Odoo-Database".to_owned(), name.clone()));
                let authorization = Authorization::Bearer(key.clone());
                let path = format!("json/2/{MODEL}/{}", call.method);
                Some(self.post(&path, authorization, database.collect(), &call.named))
            }
            Api::JsonRpc { key, .. } => {
                let user: i64 = session.parse().ok()?;
                let database = self.database.as_deref()?;
                let (args, named) = &call.args;
                let all = json!([database, user, key.expose_secret(), MODEL, call.method, args, named]);
                Some(self.rpc("object", "execute_kw", &all))
            }
        }
    }

    /// The request that asks JSON-RPC who we are.
    pub(super) fn log_in(&self) -> Option<Errand> {
        let Api::JsonRpc { login, key } = &self.api else { return None };
        let database = self.database.as_deref()?;
        Some(self.rpc("common", "authenticate", &json!([database, login, key.expose_secret(), {}])))
    }

    fn rpc(&self, service: &str, method: &str, args: &Json) -> Errand {
        let body = json!({
            "jsonrpc": "2.0",
            "method": "call",
            "params": {"service": service, "method": method, "args": args},
            "id": 1,
        });
        self.post("jsonrpc", Authorization::None, Vec::new(), &body)
    }

    fn post(
        &self,
        path: &str,
        authorization: Authorization,
        headers: Vec<(String, String)>,
        body: &Json,
    ) -> Errand {
        Errand::Http(Outgoing {
            url: format!("{}/{path}", self.url.trim_end_matches('/')),
            method: Method::Post,
            authorization,
            headers,
            content_type: "application/json",
            body: body.to_string(),
        })
    }
}
