//! Bytes to text: by byte order mark, else by the XML declaration, else UTF-8 (XML 1.0 section
//! 4.3.3 and appendix F).

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Unreadable;

/// The text of a file, without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        None => (detect(bytes)?, 0),
    };
    let content = &bytes[mark..];
    encoding
        .decode_without_bom_handling_and_without_replacement(content)
        .ok_or_else(|| {
            let line = if encoding == UTF_8 {
                Some(line_of_first_bad_byte(content))
            } else {
                None
            };
            Unreadable {
                line,
                message: format!(
                    "The file is not text in {}, as it says it is. Save it again with the encoding \
                 that its first line names.",
                    encoding.name()
                ),
            }
        })
}

/// The encoding of a file without byte order mark.
fn detect(bytes: &[u8]) -> Result<&'static Encoding, Unreadable> {
    match bytes {
        [b'<', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let Some(label) = declared(bytes) else {
        return Ok(UTF_8);
    };
    let encoding = Encoding::for_label(label).ok_or_else(|| {
        Unreadable::at(
            1,
            format!(
                "The encoding “{}” is not known. Save the file as UTF-8.",
                String::from_utf8_lossy(label)
            ),
        )
    })?;
    // Whoever can read the declaration byte by byte does not have UTF-16, whatever it says: the
    // file was converted and its first line forgotten (the same rule as HTML's).
    Ok(if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else {
        encoding
    })
}

/// The encoding named in the XML declaration.
fn declared(bytes: &[u8]) -> Option<&[u8]> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = declaration
        .iter()
        .take(512)
        .position(|&byte| byte == b'>')?;
    let declaration = &declaration[..end];
    let at = declaration
        .windows(8)
        .position(|window| window == b"encoding")?;
    let rest = declaration[at + 8..]
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (&quote, rest) = rest.split_first()?;
    if quote != b'"' && quote != b'\'' {
        return None;
    }
    let end = rest.iter().position(|&byte| byte == quote)?;
    Some(rest[..end].trim_ascii())
}

fn line_of_first_bad_byte(bytes: &[u8]) -> u32 {
    let good = match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    1 + bytes[..good].iter().filter(|&&byte| byte == b'\n').count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(decode(bytes).as_deref(), Ok(expected));
    }

    #[test]
    fn text_without_declaration_is_utf_8() {
        check("<é/>".as_bytes(), "<é/>");
    }

    #[test]
    fn a_byte_order_mark_wins_over_the_declaration() {
        let text = "<?xml version='1.0' encoding='windows-1252'?><é/>";
        let mut bytes = vec![0xEF, 0xBB, 0xBF];
        bytes.extend(text.as_bytes());
        check(&bytes, text);
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let text = "<заявка/>";
        for (mark, big) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut bytes = Vec::new();
            let units = text.encode_utf16();
            for unit in mark.then_some(0xFEFF).into_iter().chain(units) {
                bytes.extend(if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                });
            }
            check(&bytes, text);
        }
    }

    #[test]
    fn the_declaration_names_the_encoding() {
        check(
            b"<?xml version=\"1.0\" encoding = 'WINDOWS-1252' ?><a>\xE9\x80</a>",
            "<?xml version=\"1.0\" encoding = 'WINDOWS-1252' ?><a>é€</a>",
        );
        check(
            b"<?xml version=\"1.0\" encoding=\"KOI8-R\"?><a>\xC1</a>",
            "<?xml version=\"1.0\" encoding=\"KOI8-R\"?><a>а</a>",
        );
    }

    #[test]
    fn utf_16_in_a_declaration_that_reads_as_bytes_is_a_forgotten_first_line() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><é/>";
        check(text.as_bytes(), text);
    }

    #[test]
    fn an_unknown_encoding_is_unreadable() {
        let error = decode(b"<?xml version=\"1.0\" encoding=\"EBCDIC-XY\"?><a/>").unwrap_err();
        assert_eq!(error.line, Some(1));
        assert!(error.message.contains("EBCDIC-XY"));
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_unreadable_on_their_line() {
        assert_eq!(decode(b"<a>\n\xE9</a>").unwrap_err().line, Some(2));
    }
}
