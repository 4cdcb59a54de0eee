//! Decision logic as it runs: expressions compiled, types resolved, nothing left to look up.

use std::sync::Arc;

use redthread_feel::{Comparison, Expression, UnaryTests, Value};

use redthread_xml::NodeIx;

use crate::model::{Aggregation, HitPolicy};
use crate::types::{TypeIx, Types};

/// Where a piece of logic stands, for warnings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// The id of the nearest element that has one.
    pub(crate) element: Option<Arc<str>>,
    /// In words, within its decision: `rule 3, amount`; empty for the decision itself.
    pub(crate) words: Arc<str>,
}

/// A boxed expression and the type of its result.
#[derive(Debug)]
pub(crate) struct Logic {
    pub(crate) kind: Kind,
    pub(crate) result: Option<TypeIx>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// A value that is known already.
    Constant(Value),
    Feel(Expression),
    /// What cannot run, and why.
    Broken(Arc<str>),
    Table(Box<Table>),
    Context(Vec<Entry>),
    List(Vec<Logic>),
    Relation {
        columns: Vec<(Arc<str>, Option<TypeIx>)>,
        rows: Vec<Vec<Logic>>,
    },
    Invocation {
        function: Box<Logic>,
        bindings: Vec<(Arc<str>, Logic)>,
    },
    Function(Arc<FunctionLogic>),
    Conditional(Box<[Logic; 3]>),
    Filter(Box<[Logic; 2]>),
    For {
        variable: Arc<str>,
        parts: Box<[Logic; 2]>,
    },
    Quantified {
        every: bool,
        variable: Arc<str>,
        parts: Box<[Logic; 2]>,
    },
}

/// An entry of a boxed context; without a name it is the result.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) kind: Option<TypeIx>,
    pub(crate) value: Logic,
}

/// A function with a boxed body.
#[derive(Debug)]
pub(crate) struct FunctionLogic {
    pub(crate) parameters: Vec<Parameter>,
    /// The same for FEEL.
    pub(crate) signature: Vec<redthread_feel::Parameter>,
    pub(crate) result: Option<TypeIx>,
    pub(crate) body: Logic,
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Arc<str>,
    pub(crate) kind: Option<TypeIx>,
}

impl Parameter {
    /// The same for FEEL.
    pub(crate) fn for_feel(&self, types: &Types) -> redthread_feel::Parameter {
        redthread_feel::Parameter {
            name: self.name.clone(),
            kind: self.kind.map(|kind| types.at(kind).feel.clone()),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) policy: HitPolicy,
    pub(crate) aggregation: Option<Aggregation>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) annotations: Vec<Arc<str>>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) xml: NodeIx,
}

#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) label: Arc<str>,
    pub(crate) expression: Logic,
    /// What values are expected.
    pub(crate) values: Option<UnaryTests>,
}

#[derive(Debug)]
pub(crate) struct Output {
    /// The entry of the result; of a table with one output only a heading.
    pub(crate) name: Arc<str>,
    pub(crate) kind: Option<TypeIx>,
    /// The output values, the most important first.
    pub(crate) order: Vec<Value>,
    /// What values there may be.
    pub(crate) values: Option<UnaryTests>,
    pub(crate) default: Option<Logic>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) tests: Vec<Test>,
    pub(crate) outputs: Vec<Logic>,
    pub(crate) annotations: Vec<String>,
    pub(crate) xml: NodeIx,
}

/// A cell of an input column.
#[derive(Debug)]
pub(crate) enum Test {
    /// `-`: lets everything through.
    Any,
    /// Tests against constants, any of which may let a value through: nothing is evaluated for them.
    Simple(Vec<Simple>, UnaryTests),
    /// Unary tests.
    Feel(UnaryTests, Place),
    /// Cannot run, so it never matches.
    Broken(Arc<str>, Place),
}

/// A test against a constant number or text.
#[derive(Debug)]
pub(crate) enum Simple {
    Compare(Comparison, Value),
    Range {
        start: Value,
        start_included: bool,
        end: Value,
        end_included: bool,
    },
}
