//! When null is an answer, and when it is a mistake.
//!
//! FEEL never fails: what goes wrong is null, with a warning. But a warning may as well come from a part that the
//! expression itself sees to: in `if boss = null then null else boss.login` there may be no variable `boss`, and null is
//! what is meant. So: an expression that writes null as a result of its own means it. Any other null that comes with a
//! warning is a mistake, and the warning says which.

/// Whether an expression writes null as a result: not only to compare with it.
pub(crate) fn is_meant(expression: &str) -> bool {
    let tokens = tokens(expression);
    let compares = |token: Option<&&str>| {
        token.is_some_and(|token| matches!(*token, "=" | "!" | "<" | ">" | "in" | "between"))
    };
    tokens.iter().enumerate().any(|(at, token)| {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        // `{null: 1}` and `x.null` are names.
        let is_name = before == Some(&".") || tokens.get(at + 1) == Some(&":");
        *token == "null" && !is_name && !compares(before) && !compares(tokens.get(at + 1))
    })
}

/// Words, and single signs between them. Texts, names between back-quotes and comments are left out.
fn tokens(expression: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' | '`' => quoted(rest, first),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ if is_part_of_word(first) => {
                let end = rest.find(|c| !is_part_of_word(c)).unwrap_or(rest.len());
                tokens.push(&rest[..end]);
                end
            }
            _ => {
                if !first.is_whitespace() {
                    tokens.push(&rest[..first.len_utf8()]);
                }
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    tokens
}

fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of what stands between two quotes, both included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::is_meant;

    #[test]
    fn an_expression_that_writes_null_as_a_result_means_it() {
        for expression in [
            "null",
            "if x = null then null else x.login",
            "if x > 5 then x else null",
            "get or else(x, null)",
            "{owner: null}.owner",
        ] {
            assert!(is_meant(expression), "{expression}");
        }
    }

    #[test]
    fn comparing_with_null_or_writing_it_in_a_text_is_no_result() {
        for expression in [
            "x.login",
            "if x = null then y else z",
            "if x != null then y else z",
            "if null = x then y else z",
            "\"then null\" + x",
            "`a null` + x",
            "x.null",
            "{null: 1}.other",
            "x // null",
            "x /* else null */ + 1",
            "\"open",
        ] {
            assert!(!is_meant(expression), "{expression}");
        }
    }
}
