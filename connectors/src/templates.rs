//! Element templates: how modelers offer the connectors. Written from the contracts, so that the two cannot differ.
//!
//! The files in `../templates` follow bpmn.io's element template schema for Camunda 8 diagrams. A test compares them with
//! what the contracts say; `UPDATE_TEMPLATES=1` writes them anew.

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::{Value as Json, json};

    use crate::contract::{Connector, Contract};
    use crate::input::{Input, InputKind};

    const SCHEMA: &str =
        "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json";

    fn template(contract: &Contract) -> Json {
        let mut properties = vec![json!({
            "type": "Hidden",
            "value": contract.job_type,
            "binding": {"type": "zeebe:taskDefinition", "property": "type"},
        })];
        properties.extend(contract.inputs.iter().map(property));
        properties.extend(contract.results.iter().map(|(name, what)| {
            json!({
                "label": format!("Result: {name}"),
                "description": format!("Variable for: {what}."),
                "type": "String",
                "group": "results",
                "optional": true,
                "binding": {"type": "zeebe:output", "source": format!("={name}")},
            })
        }));
        json!({
            "$schema": SCHEMA,
            "name": contract.name,
            "id": format!("redthread:{}", contract.job_type),
            "version": 1,
            "description": contract.description,
            "appliesTo": ["bpmn:Task", "bpmn:ServiceTask"],
            "elementType": {"value": "bpmn:ServiceTask"},
            "groups": [{"id": "inputs", "label": "Inputs"}, {"id": "results", "label": "Results"}],
            "properties": properties,
        })
    }

    fn property(input: &Input) -> Json {
        let kind = match input.kind {
            InputKind::Text | InputKind::Duration | InputKind::Instant | InputKind::Context => {
                "String"
            }
            InputKind::Boolean => "Boolean",
        };
        let feel = match input.kind {
            InputKind::Context => "required",
            // A switch that may also be an expression is static where nothing else is said.
            InputKind::Boolean => "static",
            InputKind::Text | InputKind::Duration | InputKind::Instant => "optional",
        };
        let description = match input.default {
            "" => input.help.to_owned(),
            default => format!("{} Default: {default}.", input.help),
        };
        let mut property = json!({
            "label": input.name,
            "description": description,
            "type": kind,
            "feel": feel,
            "group": "inputs",
            "binding": {"type": "zeebe:input", "name": input.name},
        });
        if input.required {
            property["constraints"] = json!({"notEmpty": true});
        } else {
            property["optional"] = json!(true);
        }
        property
    }

    fn file(contract: &Contract) -> PathBuf {
        let name = contract.job_type.replace(':', "-");
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("templates")
            .join(format!("{name}.json"))
    }

    #[test]
    fn the_element_templates_offer_what_the_connectors_take() {
        for connector in Connector::ALL {
            let contract = connector.contract();
            let path = file(contract);
            let expected = template(contract);
            if std::env::var_os("UPDATE_TEMPLATES").is_some() {
                let text = serde_json::to_string_pretty(&expected).expect("JSON") + "\n";
                std::fs::write(&path, text).expect("a template is written");
            }
            let text = std::fs::read_to_string(&path).expect("a template for each connector");
            let found: Json = serde_json::from_str(&text).expect("a template is JSON");
            assert_eq!(
                found,
                expected,
                "{} differs; run with UPDATE_TEMPLATES=1",
                path.display()
            );
        }
    }
}
