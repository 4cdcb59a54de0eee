//! What a random model is made of. Blocks have one way in and one way out, so that a process of blocks can always end;
//! a [`Tangle`] leads anywhere.

/// A process.
#[derive(Clone, Debug)]
pub struct Model {
    pub process: Scope,
    /// The variable `n` that it starts with.
    pub n: usize,
    /// Whether it is about a record.
    pub has_subject: bool,
    /// Whether another instance called it, and what that would catch.
    pub caller: Option<Called>,
    /// Nothing in it depends on what occurs, only on `n`: which elements complete how often is known before.
    pub predictable: bool,
}

/// What the caller of a process would catch.
#[derive(Clone, Copy, Debug)]
pub struct Called {
    pub catches_errors: bool,
    pub catches_escalations: bool,
    pub interrupting: bool,
}

/// What a process or a sub-process holds.
#[derive(Clone, Debug)]
pub struct Scope {
    pub begins: Begins,
    pub content: Content,
    /// How it ends, where end events are drawn.
    pub end: Throw,
    pub handlers: Vec<EventSubProcess>,
    /// Whether it has a data object.
    pub has_data: bool,
}

/// How a scope begins.
#[derive(Clone, Debug)]
pub enum Begins {
    /// With a start event without a trigger.
    Start,
    /// Without a start event; no end event is drawn either.
    ByItself,
    /// With one of these start events. Processes only.
    Events(Vec<Event>),
    /// With a receive task. Processes only.
    Receive,
    /// With events behind a gateway, the first of them or all. Processes only.
    Gateway { parallel: bool, events: Vec<Event> },
}

#[derive(Clone, Debug)]
pub enum Content {
    Block(Block),
    Tangle(Tangle),
}

/// A piece of a process with one way in and one way out.
#[derive(Clone, Debug)]
pub enum Block {
    Activity(Box<Activity>),
    Catch(Event),
    Throw(Throw),
    /// A link throw event and its catch event.
    Link,
    Sequence(Vec<Block>),
    /// Branches between two gateways.
    Branches {
        split: Split,
        branches: Vec<Block>,
        /// Whether the last branch is the default.
        has_default: bool,
    },
    /// What is done `times` times, by a gateway that leads back.
    Again {
        inclusive: bool,
        body: Box<Block>,
        times: usize,
    },
    /// An event-based gateway: each event, by itself or as a receive task, with what follows it.
    Await {
        receives: bool,
        ways: Vec<(Event, Block)>,
    },
    /// An activity that gives so many tokens, and one that takes them all.
    Bundle {
        gives: Box<Activity>,
        takes: Box<Activity>,
        quantity: usize,
    },
    /// One way goes on; the other ends here.
    Stop {
        how: Throw,
        /// Taken where `n` is this, modulo 3.
        when: usize,
    },
}

/// How tokens go along branches, and come together again.
#[derive(Clone, Debug, PartialEq)]
pub enum Split {
    Exclusive,
    Parallel,
    Inclusive,
    /// A parallel gateway, and a complex one that is activated by so many tokens.
    Complex(usize),
    /// A complex gateway that chooses, and an inclusive one.
    Chosen,
    /// The flows of an activity, and a parallel gateway; conditional ones, and an inclusive one.
    Implicit {
        conditional: bool,
    },
    /// An exclusive gateway, and an activity to which all flows lead.
    ImplicitMerge,
}

#[derive(Clone, Debug)]
pub struct Activity {
    pub work: Work,
    pub boundary: Vec<Boundary>,
    pub repeats: Option<Repeats>,
    /// The activity that undoes it.
    pub undone_by: Option<Box<Activity>>,
    pub listens: Listens,
    pub maps: bool,
}

#[derive(Clone, Debug)]
pub enum Work {
    Undefined,
    Manual,
    User,
    Service,
    /// Who does it is a variable that is not there at first.
    ServiceOfMissing,
    Send,
    SendByJob,
    Receive,
    Script,
    ScriptByJob,
    Decision,
    DecisionByJob,
    Call {
        all: bool,
    },
    Sub(Scope),
    Transaction(Scope),
    AdHoc(AdHoc),
}

#[derive(Clone, Debug)]
pub struct AdHoc {
    pub sequential: bool,
    pub cancels_remaining: bool,
    /// The completion condition, from [`CONDITIONS`], or one that is true at once.
    pub completion: Option<usize>,
    pub activates: Activates,
    pub content: Vec<Block>,
    pub handlers: Vec<EventSubProcess>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Activates {
    All,
    /// The first of what is in it, so often.
    Named(usize),
    Person,
}

/// Which listeners an element has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listens {
    pub start: bool,
    pub end: bool,
    pub creating: bool,
    pub completing: bool,
}

#[derive(Clone, Debug)]
pub enum Repeats {
    /// A standard loop.
    Loop {
        test_before: bool,
        /// As long as there were fewer rounds: 9 is a variable that is not there at first.
        below: Option<usize>,
        maximum: Option<usize>,
    },
    MultiInstance {
        sequential: bool,
        times: usize,
        /// Over a list; its results are collected.
        collection: bool,
        /// Ended when so many have completed: 0 is a variable that is not there at first.
        completion: Option<usize>,
        behavior: Behavior,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Behavior {
    All,
    Each(Implicit),
    First(Implicit),
    Complex(Implicit),
}

/// What a multi-instance activity throws as its instances complete.
#[derive(Clone, Debug, PartialEq)]
pub enum Implicit {
    Signal,
    Escalation,
    Message,
}

#[derive(Clone, Debug)]
pub struct Boundary {
    pub event: Event,
    pub interrupting: bool,
    /// What follows; `None`: an interrupting one leads to where the activity leads.
    pub then: Option<Block>,
}

#[derive(Clone, Debug)]
pub struct EventSubProcess {
    /// `None`: compensation.
    pub event: Option<Event>,
    pub interrupting: bool,
    pub content: Block,
    pub end: Throw,
}

/// What an event waits for: all of these, or the first.
#[derive(Clone, Debug)]
pub struct Event {
    pub triggers: Vec<Trigger>,
    pub all: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    Timer(Timer),
    Message(usize),
    Signal(usize),
    /// A signal, by a reference to an event definition.
    SignalByReference,
    /// One of [`CONDITIONS`].
    Condition(usize),
    Error(Option<usize>),
    Escalation(Option<usize>),
    Cancel,
    Record,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Timer {
    Date,
    Duration,
    Cycle,
    Cron,
    Working,
    /// By a variable that is not there at first.
    Missing,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Throw {
    None,
    Terminate,
    Error(usize),
    Escalation(usize),
    Message,
    MessageByJob,
    Signal(usize),
    Compensation { named: bool, waits: bool },
    Cancel,
    Multiple(Vec<Throw>),
}

/// Elements with flows between them that lead anywhere. The first begins, the last ends; event-based gateways and
/// boundary events lead to places of their own.
#[derive(Clone, Debug)]
pub struct Tangle {
    pub knots: Vec<Knot>,
    pub flows: Vec<TangleFlow>,
}

#[derive(Clone, Debug)]
pub enum Knot {
    Block(Block),
    Gateway(Gateway),
    /// An event-based gateway; each event leads to a knot.
    Await(Vec<(Event, usize)>),
    /// A link throw event that leads on at a knot.
    Link(usize),
    /// An activity whose boundary events lead to knots. It takes and gives so many tokens.
    Guarded {
        activity: Box<Activity>,
        ways: Vec<usize>,
        takes: usize,
        gives: usize,
    },
    End(Throw),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gateway {
    Exclusive,
    Parallel,
    Inclusive,
    Complex(Option<usize>),
}

#[derive(Clone, Debug)]
pub struct TangleFlow {
    pub from: usize,
    pub to: usize,
    /// One of [`CHOICES`].
    pub condition: Option<usize>,
    pub is_default: bool,
}

/// Conditions that are waited for.
pub const CONDITIONS: [&str; 5] = [
    "a = true",
    "b = true",
    "a = true and b = true",
    "n > 2",
    "q > 1",
];

/// Conditions of flows that are true of some `n`; the last depends on what is not there at first.
pub const CHOICES: [&str; 5] = [
    "modulo(n, 2) = 0",
    "modulo(n, 3) != 1",
    "n > 1",
    "modulo(n, 2) = 1",
    "q > 1",
];

/// Whether one of the [`CHOICES`] of a predictable process is true of `n`.
pub fn is_chosen(choice: usize, n: usize) -> bool {
    match choice {
        0 => n.is_multiple_of(2),
        1 => n % 3 != 1,
        2 => n > 1,
        _ => n % 2 == 1,
    }
}
