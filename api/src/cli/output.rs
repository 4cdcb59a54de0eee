//! What the commands print: one JSON object a line for programs, coloured words for people.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

/// Colours for people. Plain when the output is not a terminal, or when `NO_COLOR` is set (no-color.org).
#[derive(Copy, Clone, Debug)]
pub enum Colour {
    /// Errors.
    Red,
    /// Warnings.
    Yellow,
    /// What went well.
    Green,
    /// What matters less.
    Dim,
    /// What matters most.
    Bold,
}

/// Whether standard output is a terminal that may be coloured.
pub fn coloured() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// `text` in a colour, if there are colours.
pub fn paint(text: &str, colour: Colour, coloured: bool) -> String {
    if !coloured {
        return text.to_owned();
    }
    let code = match colour {
        Colour::Red => "31",
        Colour::Yellow => "33",
        Colour::Green => "32",
        Colour::Dim => "2",
        Colour::Bold => "1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// One JSON object on a line of its own.
///
/// # Errors
/// What the output says, a closed pipe among it: see [`closed_pipe_is_fine`].
pub fn json_line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// A reader that has read enough (`redthread check ... | head`) is no mistake of anybody's.
///
/// # Errors
/// Every other error.
pub fn closed_pipe_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// A sentence on standard error. That nobody can read it is not worth a panic.
pub fn complain(sentence: &str) {
    let _ = writeln!(io::stderr(), "redthread: {sentence}");
}

/// Text from strangers with its control characters made visible: a name in a diagram must not steer a terminal.
pub fn harmless(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_line_is_one_line() {
        let mut out = Vec::new();
        json_line(&mut out, &serde_json::json!({"message": "two\nlines"})).unwrap();
        assert_eq!(out, b"{\"message\":\"two\\nlines\"}\n");
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        assert_eq!(harmless("Rev\u{1b}[2Jiew"), "Rev\\u{1b}[2Jiew");
        assert_eq!(harmless("Проверка"), "Проверка");
    }

    #[test]
    fn nothing_is_coloured_away_from_a_terminal() {
        assert_eq!(paint("error", Colour::Red, false), "error");
        assert_ne!(paint("error", Colour::Red, true), "error");
    }
}
