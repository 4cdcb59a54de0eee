//! Functions: boxed ones, and those of business knowledge models (DMN 1.5, 6.3.8 and 10.2.1.7).

use std::sync::Arc;

use redthread_xml::{Code, NodeIx};

use super::logic::Compiler;
use crate::logic::{FunctionLogic, Kind, Logic, Parameter};
use crate::model::{Boxed, BoxedKind, FormalParameter, FunctionKind};
use crate::types::TypeIx;

impl Compiler<'_, '_, '_> {
    /// The result type where a function's type is given; older files give the result's itself.
    pub(super) fn result_of(&self, kind: Option<TypeIx>) -> Option<TypeIx> {
        let kind = kind?;
        self.types.types.result_of(kind).unwrap_or(Some(kind))
    }

    /// The function of a business knowledge model.
    pub(super) fn encapsulated(&mut self, boxed: &Boxed) -> Option<FunctionLogic> {
        let BoxedKind::Function {
            kind,
            parameters,
            body,
        } = &boxed.kind
        else {
            return None;
        };
        let declared = self.kind(boxed.type_ref.as_ref(), boxed.xml);
        let result = self.result_of(declared);
        match self.function(*kind, parameters, body.as_deref(), result, boxed.xml, "") {
            Ok(function) => Some(function),
            Err(reason) => Some(FunctionLogic {
                signature: self.signature(parameters, boxed.xml),
                parameters: self.parameters(parameters, boxed.xml),
                result: None,
                body: Logic {
                    kind: Kind::Broken(reason),
                    result: None,
                    place: self.place(boxed.xml, ""),
                },
            }),
        }
    }

    fn parameters(&mut self, parameters: &[FormalParameter], at: NodeIx) -> Vec<Parameter> {
        parameters
            .iter()
            .map(|parameter| Parameter {
                name: parameter.name.clone(),
                kind: self.kind(parameter.type_ref.as_ref(), at),
            })
            .collect()
    }

    fn signature(
        &mut self,
        parameters: &[FormalParameter],
        at: NodeIx,
    ) -> Vec<redthread_feel::Parameter> {
        let parameters = self.parameters(parameters, at);
        let types = &self.types.types;
        parameters
            .iter()
            .map(|parameter| parameter.for_feel(types))
            .collect()
    }

    pub(super) fn function(
        &mut self,
        kind: FunctionKind,
        parameters: &[FormalParameter],
        body: Option<&Boxed>,
        result: Option<TypeIx>,
        at: NodeIx,
        words: &str,
    ) -> Result<FunctionLogic, Arc<str>> {
        let language = match kind {
            FunctionKind::Feel => None,
            FunctionKind::Java => Some("in Java"),
            FunctionKind::Pmml => Some("of PMML models"),
            FunctionKind::Other => Some("of an unknown kind"),
        };
        if let Some(language) = language {
            let message = format!("Functions {language} do not run.");
            self.sink.error(
                self.file,
                at,
                Code::NotSupported,
                message.clone(),
                "Write the function in FEEL.",
            );
            return Err(message.into());
        }
        let parameters = self.parameters(parameters, at);
        let mark = self.known.mark();
        for parameter in &parameters {
            self.known.see(&parameter.name);
        }
        let body = match body {
            Some(body) => self.boxed(body, words),
            None => self.missing("body", at, words),
        };
        self.known.forget(mark);
        Ok(FunctionLogic {
            signature: parameters
                .iter()
                .map(|parameter| parameter.for_feel(&self.types.types))
                .collect(),
            parameters,
            result,
            body,
        })
    }
}
