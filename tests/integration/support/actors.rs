//! The people who use the server: a travel agency, and an operator at a gate.

use serde_json::{Value, json};

use super::client::{Client, Reply};

/// A travel agency's back office.
#[derive(Clone)]
pub struct Partner {
    /// Its requests.
    pub client: Client,
}

impl Partner {
    /// Sends an order of tickets.
    pub fn order(&self, body: &Value) -> Reply {
        self.client.post("/ota/tickets/bulk-generate", body)
    }

    /// Generates tickets of product 106 (ferry, gift, tokens, one use each); gives their codes.
    pub fn generate(&self, quantity: usize) -> Vec<String> {
        self.generate_of(106, quantity)
    }

    /// Generates tickets of a product; gives their codes.
    pub fn generate_of(&self, product_id: i64, quantity: usize) -> Vec<String> {
        let reply =
            self.order(&json!({"product_id": product_id, "quantity": quantity})).expect(201);
        let tickets = reply.body["tickets"].as_array().unwrap();
        tickets.iter().map(|ticket| ticket["ticket_code"].as_str().unwrap().to_owned()).collect()
    }

    /// Generates one ticket of product 106; gives its code.
    pub fn ticket(&self) -> String {
        self.generate(1).remove(0)
    }

    /// Issues a QR code without a picture; gives the whole answer.
    pub fn issue(&self, code: &str) -> Reply {
        self.client.post(&format!("/qr/{code}"), &json!({"image": "none"}))
    }

    /// Issues a QR code; gives its token.
    pub fn token(&self, code: &str) -> String {
        self.issue(code).expect(200).text_at("/encrypted_data")
    }

    /// Generates tickets of a product and issues a QR code for each; gives their tokens.
    pub fn tokens_of(&self, product_id: i64, quantity: usize) -> Vec<String> {
        self.generate_of(product_id, quantity).iter().map(|code| self.token(code)).collect()
    }

    /// The same of product 106.
    pub fn tokens(&self, quantity: usize) -> Vec<String> {
        self.tokens_of(106, quantity)
    }
}

/// An operator with a scanner.
#[derive(Clone)]
pub struct Gate {
    /// Their requests.
    pub client: Client,
    /// What their scans name as the device.
    pub device: String,
}

impl Gate {
    /// Looks at the ticket behind a token.
    pub fn look(&self, token: &str) -> Reply {
        self.client.post("/qr/decrypt", &json!({"encrypted_data": token}))
    }

    /// Redeems a function.
    pub fn scan(&self, token: &str, function: &str) -> Reply {
        self.scan_with(token, function, &json!({}))
    }

    /// Redeems a function, with more fields in the body.
    pub fn scan_with(&self, token: &str, function: &str, more: &Value) -> Reply {
        self.client.post("/venue/scan", &self.body(token, function, more))
    }

    /// The body of a scan.
    pub fn body(&self, token: &str, function: &str, more: &Value) -> Value {
        let mut body = json!({
            "qr_token": token, "function_code": function, "terminal_device_id": self.device
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }

    /// Undoes a redemption.
    pub fn undo(&self, redemption_id: &str) -> Reply {
        let path = format!("/venue/redemptions/{redemption_id}/reverse");
        self.client.post(&path, &json!({"reason": "scanned by mistake"}))
    }

    /// A ticket's events, newest first.
    pub fn history(&self, ticket_code: &str) -> Vec<Value> {
        let path = format!("/venue/analytics/redemptions?limit=500&ticket_code={ticket_code}");
        self.client.get(&path).expect(200).body["items"].as_array().unwrap().clone()
    }
}
