//! A worker that does the jobs of orders while the server is killed.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{Asker, accepted, text};

/// How often each order was acknowledged to be shipped.
pub type Shipped = BTreeMap<String, u32>;

/// Takes jobs and does them until told to stop. What was done without an answer is asked for again, and then refused; what
/// was taken without an answer is free again when its lease runs out.
pub fn work(asker: &Asker) -> Shipped {
    let mut shipped = Shipped::new();
    let wanted = json!({
        "types": ["ship"], "worker": "shipper", "maxJobs": 5, "lease": "PT2S", "wait": "PT0.5S", "variables": ["order"]
    });
    while !asker.stopped() {
        let taken = asker.until_answered(|| asker.client.post("/api/jobs/activation", &wanted));
        let Ok(taken) = taken else { break };
        for job in accepted(&taken)["jobs"].as_array().into_iter().flatten() {
            let order = text(&job["variables"], "order");
            let path = format!("/api/jobs/{}/completion", text(job, "key"));
            let report = json!({"token": job["token"], "variables": {"shipped": order}});
            let Ok(done) = asker.until_answered(|| asker.client.post(&path, &report)) else {
                return shipped;
            };
            if done.status != 409 {
                accepted(&done);
                *shipped.entry(order).or_default() += 1;
            }
        }
    }
    shipped
}
