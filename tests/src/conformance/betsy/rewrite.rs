//! betsy's models hold placeholders where an engine has its own language: the scripts are tokens, the expressions are
//! Java's. Here each becomes FEEL, or a job for what takes time or fails. Nothing else of a model is touched.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8};
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, Writer};

const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const ZEEBE: &str = "http://camunda.org/schema/zeebe/1.0";

/// Elements of BPMN whose text is an expression.
const EXPRESSIONS: [&str; 13] = [
    "activationCondition",
    "completionCondition",
    "condition",
    "conditionExpression",
    "formalExpression",
    "from",
    "loopCardinality",
    "loopCondition",
    "timeCycle",
    "timeDate",
    "timeDuration",
    "to",
    "transformation",
];

/// What a script task of betsy does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Creates the log.
    CreateLog,
    /// Creates the marker.
    CreateMarker,
    /// Adds 1 to `integerVariable`.
    Increment,
    /// The same, and writes a line.
    IncrementAndLog,
    /// Sets `data`.
    SetData,
    /// Tells `data`.
    LogData,
    /// Throws an error.
    Throw,
    /// Takes ten seconds.
    Wait,
    /// Takes ten seconds and tells when: log 1 or 2.
    Timestamps(u8),
    /// Writes a line.
    Line(String),
}

/// The variable that takes what [`Token::LogData`] tells.
pub const LOGGED: &str = "loggedData";
/// The type of the job that throws the error `ERR_CODE`.
pub const THROW_JOB: &str = "betsy-throw";
/// The type of the job that takes ten seconds.
pub const WAIT_JOB: &str = "betsy-wait";

impl Token {
    fn of(text: &str) -> Token {
        match text {
            "CREATE_LOG_FILE" => Token::CreateLog,
            "CREATE_MARKER_FILE" => Token::CreateMarker,
            "INCREMENT_INTEGER_VARIABLE" => Token::Increment,
            "INCREMENT_INTEGER_VARIABLE_AND_LOG" => Token::IncrementAndLog,
            "SET_STRING_DATA" => Token::SetData,
            "LOG_DATA" => Token::LogData,
            "THROW_ERROR" => Token::Throw,
            "WAIT_TEN_SECONDS" => Token::Wait,
            "CREATE_TIMESTAMP_LOG_1" => Token::Timestamps(1),
            "CREATE_TIMESTAMP_LOG_2" => Token::Timestamps(2),
            line => Token::Line(line.to_owned()),
        }
    }

    /// The FEEL script and its result variable; none: a job of this type.
    fn script(&self) -> Result<(&'static str, &'static str), &'static str> {
        match self {
            Token::CreateLog | Token::CreateMarker | Token::Line(_) => Ok(("={}", "")),
            Token::Increment | Token::IncrementAndLog => {
                Ok(("=integerVariable + 1", "integerVariable"))
            }
            Token::SetData => Ok(("=\"String\"", "data")),
            Token::LogData => Ok(("=data", LOGGED)),
            Token::Throw => Err(THROW_JOB),
            Token::Wait | Token::Timestamps(_) => Err(WAIT_JOB),
        }
    }
}

/// A model that can be read.
#[derive(Debug)]
pub struct Rewritten {
    /// The file, in UTF-8.
    pub bytes: Vec<u8>,
    /// What each script task did, by its id.
    pub tokens: BTreeMap<String, Token>,
}

/// One piece of a file.
struct Piece {
    event: Event<'static>,
    /// The local name, where it is an element of BPMN.
    bpmn: Option<String>,
}

/// Puts FEEL in the place of tokens and expressions. `feel` says how each expression is written in FEEL; what it does not
/// know stays as it is.
///
/// # Errors
/// A sentence, when the file is not well-formed or not in the encoding that it names.
pub fn rewrite(bytes: &[u8], feel: &BTreeMap<String, String>) -> Result<Rewritten, String> {
    let text = decode(bytes)?;
    let pieces =
        pieces(&text).map_err(|error| format!("The model is not well-formed: {error}."))?;
    let mut writing = Writing {
        writer: Writer::new(Vec::new()),
        tokens: BTreeMap::new(),
        feel,
    };
    writing
        .all(&pieces)
        .map_err(|error| format!("The model cannot be written: {error}."))?;
    Ok(Rewritten {
        bytes: writing.writer.into_inner(),
        tokens: writing.tokens,
    })
}

/// The text of a file: by its byte order mark, else by its declaration, else UTF-8.
fn decode(bytes: &[u8]) -> Result<String, String> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => {
            let head = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]);
            match NsReader::from_str(&head).read_event() {
                Ok(Event::Decl(declaration)) => declaration.encoder().unwrap_or(UTF_8),
                _ => UTF_8,
            }
        }
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken {
        return Err(format!("The model is not text in {}.", encoding.name()));
    }
    Ok(text.into_owned())
}

fn pieces(text: &str) -> Result<Vec<Piece>, quick_xml::Error> {
    let mut reader = NsReader::from_str(text);
    let mut pieces = Vec::new();
    loop {
        let (namespace, event) = reader.read_resolved_event()?;
        let is_bpmn = namespace == ResolveResult::Bound(Namespace(BPMN));
        let name = match &event {
            Event::Eof => return Ok(pieces),
            Event::Start(tag) | Event::Empty(tag) => Some(tag.local_name().as_ref().to_owned()),
            Event::End(tag) => Some(tag.local_name().as_ref().to_owned()),
            _ => None,
        };
        pieces.push(Piece {
            bpmn: name.filter(|_| is_bpmn),
            event: event.into_owned(),
        });
    }
}

/// Where the element that begins at `start` ends.
fn end_of(pieces: &[Piece], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate().skip(start) {
        match piece.event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    pieces.len().saturating_sub(1)
}

/// The text of pieces, without what surrounds it.
fn text_of(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match &piece.event {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref() {
                Ok(Some(character)) => text.push(character),
                _ => {
                    text.push_str(quick_xml::escape::resolve_predefined_entity(name).unwrap_or(""))
                }
            },
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// The direct children of the element that begins at `start`: where each begins and ends.
fn children(pieces: &[Piece], start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = start + 1;
    while at < end {
        match pieces[at].event {
            Event::Start(_) => {
                let last = end_of(pieces, at);
                found.push((at, last));
                at = last + 1;
            }
            Event::Empty(_) => {
                found.push((at, at));
                at += 1;
            }
            _ => at += 1,
        }
    }
    found
}

struct Writing<'a> {
    writer: Writer<Vec<u8>>,
    tokens: BTreeMap<String, Token>,
    feel: &'a BTreeMap<String, String>,
}

impl Writing<'_> {
    fn all(&mut self, pieces: &[Piece]) -> std::io::Result<()> {
        let mut at = 0;
        while at < pieces.len() {
            let piece = &pieces[at];
            match (&piece.event, piece.bpmn.as_deref()) {
                (Event::Decl(_), _) => {
                    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
                    self.writer.write_event(Event::Decl(declaration))?;
                }
                (Event::Start(tag), Some("definitions")) => {
                    let tag = without(tag, "expressionLanguage");
                    self.writer.write_event(Event::Start(tag))?;
                }
                (Event::Start(tag), Some("scriptTask" | "globalScriptTask")) => {
                    let end = end_of(pieces, at);
                    if let Some(token) = token(pieces, at, end) {
                        self.task(tag, &token, pieces, at, end)?;
                        at = end + 1;
                        continue;
                    }
                    self.writer.write_event(piece.event.borrow())?;
                }
                (Event::Start(tag), Some(name)) if EXPRESSIONS.contains(&name) => {
                    let end = end_of(pieces, at);
                    match self.feel.get(&text_of(&pieces[at..end])) {
                        Some(feel) => {
                            let tag = without(tag, "language");
                            self.writer.write_event(Event::Start(tag))?;
                            self.writer.write_event(Event::Text(BytesText::new(feel)))?;
                            at = end;
                            continue;
                        }
                        None => self.writer.write_event(piece.event.borrow())?,
                    }
                }
                _ => self.writer.write_event(piece.event.borrow())?,
            }
            at += 1;
        }
        Ok(())
    }

    /// A script task with FEEL, or a service task with a job. A global script task stays what it is.
    fn task(
        &mut self,
        tag: &BytesStart<'_>,
        token: &Token,
        pieces: &[Piece],
        start: usize,
        end: usize,
    ) -> std::io::Result<()> {
        let script = token.script();
        let prefixed = tag.name();
        let prefixed: &str = prefixed.as_ref();
        let prefix = prefixed
            .split_once(':')
            .map(|(prefix, _)| format!("{prefix}:"))
            .unwrap_or_default();
        let name = match script {
            Ok(_) => prefixed.to_owned(),
            Err(_) if prefixed.ends_with("globalScriptTask") => prefixed.to_owned(),
            Err(_) => format!("{prefix}serviceTask"),
        };
        let mut tag = without(&without(tag, "scriptFormat"), "scriptLanguage");
        tag.set_name(&name);
        if let Ok(Some(id)) = tag.try_get_attribute("id") {
            self.tokens.insert(id.value.to_string(), token.clone());
        }
        self.writer.write_event(Event::Start(tag))?;
        let mut written = false;
        for (from, to) in children(pieces, start, end) {
            let child = pieces[from].bpmn.as_deref();
            match child {
                Some("script") => continue,
                Some("extensionElements") if from < to => {
                    self.writer.write_event(pieces[from].event.borrow())?;
                    self.extension(script)?;
                    written = true;
                    self.all(&pieces[from + 1..=to])?;
                    continue;
                }
                Some("documentation") => {}
                _ if !written => {
                    self.extensions(&prefix, script)?;
                    written = true;
                }
                _ => {}
            }
            self.all(&pieces[from..=to])?;
        }
        if !written {
            self.extensions(&prefix, script)?;
        }
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    fn extensions(
        &mut self,
        prefix: &str,
        script: Result<(&str, &str), &str>,
    ) -> std::io::Result<()> {
        let name = format!("{prefix}extensionElements");
        let begin = BytesStart::new(name.as_str());
        self.writer.write_event(Event::Start(begin.borrow()))?;
        self.extension(script)?;
        self.writer.write_event(Event::End(begin.to_end()))
    }

    fn extension(&mut self, script: Result<(&str, &str), &str>) -> std::io::Result<()> {
        let tag = match script {
            Ok((expression, result)) => {
                let mut tag = BytesStart::new("zeebe:script");
                tag.push_attribute(("expression", expression));
                if !result.is_empty() {
                    tag.push_attribute(("resultVariable", result));
                }
                tag
            }
            Err(job) => {
                let mut tag = BytesStart::new("zeebe:taskDefinition");
                tag.push_attribute(("type", job));
                tag
            }
        };
        let tag = tag.with_attributes([("xmlns:zeebe", ZEEBE)]);
        self.writer.write_event(Event::Empty(tag))
    }
}

/// The token of a script task; none: it has no script.
fn token(pieces: &[Piece], start: usize, end: usize) -> Option<Token> {
    let (from, to) = children(pieces, start, end)
        .into_iter()
        .find(|(from, _)| pieces[*from].bpmn.as_deref() == Some("script"))?;
    let text = text_of(&pieces[from..=to]);
    (!text.is_empty()).then(|| Token::of(&text))
}

/// A tag without one of its attributes.
fn without(tag: &BytesStart<'_>, attribute: &str) -> BytesStart<'static> {
    let name = tag.name();
    let name: &str = name.as_ref();
    let mut kept = BytesStart::new(name.to_owned());
    for other in tag.attributes().flatten() {
        if other.key.as_ref() as &str != attribute {
            kept.push_attribute(other);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feel() -> BTreeMap<String, String> {
        [
            ("test.contains(\"ä\")", "contains(test, \"ä\")"),
            ("n<3", "n < 3"),
        ]
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .into()
    }

    fn rewritten(inside: &str) -> Rewritten {
        let model = format!("<b:definitions xmlns:b=\"{BPMN}\">{inside}</b:definitions>");
        rewrite(model.as_bytes(), &feel()).expect("a model")
    }

    fn text(rewritten: &Rewritten) -> &str {
        std::str::from_utf8(&rewritten.bytes).expect("text")
    }

    #[test]
    fn a_script_becomes_feel_and_its_token_is_known_by_the_id_of_its_task() {
        let of = rewritten(
            "<b:scriptTask id=\"T\"><b:incoming>f</b:incoming><b:script> INCREMENT_INTEGER_VARIABLE_AND_LOG\n</b:script></b:scriptTask>",
        );
        assert_eq!(of.tokens["T"], Token::IncrementAndLog);
        let expected = format!(
            "<b:scriptTask id=\"T\"><b:extensionElements><zeebe:script expression=\"=integerVariable + 1\" \
             resultVariable=\"integerVariable\" xmlns:zeebe=\"{ZEEBE}\"/></b:extensionElements>\
             <b:incoming>f</b:incoming></b:scriptTask>"
        );
        assert!(text(&of).contains(&expected), "{}", text(&of));
    }

    #[test]
    fn what_takes_time_becomes_a_job() {
        let of = rewritten(
            "<b:scriptTask id=\"T\"><b:script>WAIT_TEN_SECONDS</b:script></b:scriptTask>",
        );
        assert!(text(&of).contains("<b:serviceTask id=\"T\">"));
        assert!(text(&of).contains("type=\"betsy-wait\""));
        assert!(!text(&of).contains("script"));
    }

    #[test]
    fn expressions_are_translated_whatever_way_they_are_written() {
        for written in [
            "test.contains(\"ä\")",
            "<![CDATA[test.contains(\"ä\")]]>",
            "test.contains(&quot;&#228;&quot;)",
        ] {
            let of = rewritten(&format!(
                "<b:condition language=\"java\">{written}</b:condition>"
            ));
            assert!(
                text(&of).contains("<b:condition>contains(test, &quot;ä&quot;)</b:condition>"),
                "{}",
                text(&of)
            );
        }
        let of = rewritten(
            "<b:timeDuration>PT1S</b:timeDuration><c:condition xmlns:c=\"x\">n&lt;3</c:condition>",
        );
        assert!(text(&of).contains("PT1S") && text(&of).contains("n&lt;3"));
    }

    #[test]
    fn the_encoding_that_a_file_declares_is_kept_to() {
        let model = format!(
            "<?xml version='1.0' encoding='windows-1252'?><condition xmlns='{BPMN}'>test.contains(\"ä\")</condition>"
        );
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&model);
        let of = rewrite(&bytes, &feel()).expect("a model");
        assert!(text(&of).starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
        assert!(text(&of).contains("contains(test"));
    }
}
