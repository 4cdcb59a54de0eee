//! form-js forms (the `.form` files of bpmn.io's form editor): what makes one usable.

use serde_json::Value;

/// What is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormProblem {
    /// The component's `id`, where the problem belongs to one.
    pub component: Option<String>,
    /// A stable code.
    pub code: &'static str,
    /// Whether the form cannot be used like this.
    pub is_error: bool,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A form that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The id by which user tasks name it.
    pub id: Option<String>,
    /// How many components it has, those in groups included.
    pub components: usize,
    /// What is wrong with it.
    pub problems: Vec<FormProblem>,
}

/// How deep groups may stand in groups.
const DEPTH: usize = 32;

/// Reads a form-js schema. `None`: this is some other JSON.
pub fn read(json: &Value) -> Option<Form> {
    let components = json.get("components")?.as_array()?;
    let id = json
        .get("id")
        .and_then(Value::as_str)
        .filter(|id| !id.trim().is_empty());
    let mut form = Form {
        id: id.map(str::to_owned),
        components: 0,
        problems: Vec::new(),
    };
    if id.is_none() {
        form.problems.push(FormProblem {
            component: None,
            code: "missingId",
            is_error: true,
            message: "The form has no id.".into(),
            hint: "Give the form an id: user tasks name it by that.".into(),
        });
    }
    let mut keys = std::collections::HashSet::new();
    let mut todo: Vec<(&Value, usize)> =
        components.iter().map(|component| (component, 1)).collect();
    while let Some((component, depth)) = todo.pop() {
        form.components += 1;
        read_component(component, &mut form, &mut keys);
        let inner = component.get("components").and_then(Value::as_array);
        if depth >= DEPTH && inner.is_some() {
            form.problems.push(problem_of(
                component,
                "tooDeep",
                format!("Groups stand more than {DEPTH} deep in each other."),
                "Use fewer groups.",
            ));
        } else if let Some(inner) = inner {
            todo.extend(inner.iter().map(|component| (component, depth + 1)));
        }
    }
    Some(form)
}

fn read_component<'a>(
    component: &'a Value,
    form: &mut Form,
    keys: &mut std::collections::HashSet<&'a str>,
) {
    if component.get("type").and_then(Value::as_str).is_none() {
        form.problems.push(problem_of(
            component,
            "missingType",
            "A component of the form has no type.".into(),
            "Open the form in the form editor and save it again.",
        ));
    }
    let key = component.get("key").and_then(Value::as_str);
    if let Some(key) = key
        && !keys.insert(key)
    {
        form.problems.push(problem_of(
            component,
            "duplicateKey",
            format!("Several components of the form write the variable \"{key}\"."),
            "Give each component a key of its own.",
        ));
    }
}

/// A warning: the form can be deployed, since upload asks for an id and components only.
fn problem_of(component: &Value, code: &'static str, message: String, hint: &str) -> FormProblem {
    let id = component
        .get("id")
        .and_then(Value::as_str)
        .map(str::to_owned);
    FormProblem {
        component: id,
        code,
        is_error: false,
        message,
        hint: hint.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes(json: Value) -> Vec<&'static str> {
        read(&json)
            .expect("a form")
            .problems
            .iter()
            .map(|problem| problem.code)
            .collect()
    }

    #[test]
    fn a_form_is_told_by_its_components() {
        assert!(read(&json!({"type": "default", "id": "a", "components": []})).is_some());
        assert!(read(&json!({"processes": []})).is_none());
        assert!(read(&json!([1, 2])).is_none());
    }

    #[test]
    fn a_good_form_has_no_problems() {
        let form = json!({"id": "solve", "components": [
            {"type": "textarea", "id": "f1", "key": "solution"},
            {"type": "group", "id": "g", "components": [{"type": "text", "id": "t"}]},
        ]});
        assert_eq!(codes(form.clone()), [""; 0]);
        assert_eq!(read(&form).expect("a form").components, 3);
    }

    #[test]
    fn tasks_need_an_id_to_name_the_form_by() {
        assert_eq!(codes(json!({"components": []})), ["missingId"]);
    }

    #[test]
    fn components_need_types_and_keys_of_their_own() {
        let form = json!({"id": "f", "components": [
            {"id": "a"}, {"type": "textfield", "key": "x"}, {"type": "number", "key": "x"},
        ]});
        assert_eq!(codes(form), ["duplicateKey", "missingType"]);
    }

    #[test]
    fn groups_have_a_depth() {
        let mut form = json!({"type": "text", "id": "innermost"});
        for _ in 0..40 {
            form = json!({"type": "group", "components": [form]});
        }
        assert_eq!(codes(json!({"id": "f", "components": [form]})), ["tooDeep"]);
    }
}
