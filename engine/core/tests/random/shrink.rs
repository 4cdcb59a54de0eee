//! Makes a model that breaks a law as small as it can be, by taking away one thing after the other.

use std::time::{Duration, Instant};

use crate::generate;
use crate::model::*;
use crate::try_out::{Broken, try_model};
use crate::write::write;

/// How long to look for a smaller model.
const PATIENCE: Duration = Duration::from_secs(40);
/// A smaller model needs other commands: how many it is tried with.
const DRIVES: u64 = 12;

/// More commands than this are not shown.
const LONG: usize = 50;

/// What to tell of a seed whose model breaks a law.
pub fn report(seed: u64, broken: &Broken) -> String {
    let (model, smallest) = smallest(seed, broken);
    let shown = smallest.as_ref().unwrap_or(broken);
    let mut commands: Vec<String> = shown
        .commands
        .iter()
        .map(|command| format!("{command:?}"))
        .collect();
    if commands.len() > LONG {
        commands.splice(LONG - 10..commands.len() - 10, ["...".to_owned()]);
    }
    format!(
        "{}\n\nThe smallest model that breaks this law (n = {}):\n{}\nCommands:\n{}\n\nRun this seed alone: SEED={seed} cargo test \
         -p redthread-core --test random ten_thousand -- --nocapture\n",
        shown.failure,
        model.n,
        write(&model).body,
        commands.join("\n"),
    )
}

fn smallest(seed: u64, broken: &Broken) -> (Model, Option<Broken>) {
    let until = Instant::now() + PATIENCE;
    let mut model = generate::model(seed);
    let mut shown = None;
    let mut nth = 0;
    while Instant::now() < until {
        let mut smaller = model.clone();
        let mut taking = Taking {
            left: nth,
            done: false,
        };
        taking.process_of(&mut smaller);
        if !taking.done {
            break;
        }
        let drives = (0..DRIVES).map(|drive| seed.wrapping_add(drive));
        let found = drives.filter_map(|drive| try_model(&smaller, drive).err());
        let mut found = found.filter(|found| found.failure.is_like(&broken.failure));
        match found.next() {
            Some(found) => {
                model = smaller;
                shown = Some(found);
            }
            None => nth += 1,
        }
    }
    (model, shown)
}

/// Takes the nth thing away that can be.
struct Taking {
    left: usize,
    done: bool,
}

impl Taking {
    /// Whether it is this one's turn. `can` says whether there is something to take.
    fn turn(&mut self, can: bool) -> bool {
        if self.done || !can {
            return false;
        }
        if self.left == 0 {
            self.done = true;
            return true;
        }
        self.left -= 1;
        false
    }

    fn process_of(&mut self, model: &mut Model) {
        self.scope(&mut model.process);
        if self.turn(model.has_subject) {
            model.has_subject = false;
        }
        if self.turn(model.caller.is_some()) {
            model.caller = None;
        }
    }

    fn scope(&mut self, scope: &mut Scope) {
        let is_block = matches!(scope.content, Content::Block(_));
        if self.turn(!matches!(scope.begins, Begins::Start) && is_block) {
            scope.begins = Begins::Start;
        }
        if self.turn(scope.end != Throw::None) {
            scope.end = Throw::None;
        }
        if self.turn(scope.has_data) {
            scope.has_data = false;
        }
        self.handlers(&mut scope.handlers);
        match &mut scope.content {
            Content::Block(block) => self.block(block),
            Content::Tangle(tangle) => self.tangle(tangle),
        }
        if let Begins::Events(events) | Begins::Gateway { events, .. } = &mut scope.begins {
            let least = 1;
            self.one_of(events, least);
        }
    }

    fn one_of<T>(&mut self, things: &mut Vec<T>, least: usize) {
        for at in 0..things.len() {
            if things.len() > least && self.turn(true) {
                things.remove(at);
                return;
            }
        }
    }

    fn handlers(&mut self, handlers: &mut Vec<EventSubProcess>) {
        self.one_of(handlers, 0);
        for handler in handlers {
            if self.turn(handler.end != Throw::None) {
                handler.end = Throw::None;
            }
            if let Some(event) = &mut handler.event {
                self.one_of(&mut event.triggers, 1);
            }
            self.block(&mut handler.content);
        }
    }

    fn block(&mut self, block: &mut Block) {
        let inner: Vec<Block> = match block {
            Block::Sequence(blocks)
            | Block::Branches {
                branches: blocks, ..
            } => blocks.clone(),
            Block::Again { body, .. } => vec![(**body).clone()],
            Block::Await { ways, .. } => ways.iter().map(|(_, block)| block.clone()).collect(),
            Block::Bundle { gives, takes, .. } => {
                vec![
                    Block::Activity(gives.clone()),
                    Block::Activity(takes.clone()),
                ]
            }
            _ => Vec::new(),
        };
        if self.turn(!is_trivial(block)) {
            *block = trivial();
            return;
        }
        for inner in inner {
            if self.turn(true) {
                *block = inner;
                return;
            }
        }
        match block {
            Block::Activity(activity) => self.activity(activity),
            Block::Bundle { gives, takes, .. } => {
                self.activity(gives);
                self.activity(takes);
            }
            Block::Catch(event) => self.one_of(&mut event.triggers, 1),
            Block::Throw(throw) => self.throw(throw),
            Block::Stop { how, .. } => self.throw(how),
            Block::Sequence(blocks) => {
                self.one_of(blocks, 1);
                blocks.iter_mut().for_each(|block| self.block(block));
            }
            Block::Branches { branches, .. } => {
                self.one_of(branches, 2);
                branches.iter_mut().for_each(|block| self.block(block));
            }
            Block::Again { body, times, .. } => {
                if self.turn(*times > 1) {
                    *times = 1;
                }
                self.block(body);
            }
            Block::Await { ways, .. } => {
                self.one_of(ways, 2);
                ways.iter_mut().for_each(|(_, block)| self.block(block));
            }
            Block::Link => {}
        }
    }

    fn throw(&mut self, throw: &mut Throw) {
        if let Throw::Multiple(parts) = throw
            && let Some(last) = parts.last().cloned()
            && self.turn(true)
        {
            *throw = last;
        }
    }

    fn activity(&mut self, activity: &mut Activity) {
        if self.turn(!matches!(activity.work, Work::Undefined)) {
            activity.work = Work::Undefined;
            return;
        }
        if self.turn(!matches!(activity.work, Work::Undefined | Work::User)) {
            activity.work = Work::User;
            return;
        }
        if self.turn(activity.repeats.is_some()) {
            activity.repeats = None;
        }
        if self.turn(activity.undone_by.is_some()) {
            activity.undone_by = None;
        }
        if self.turn(activity.listens != Listens::default()) {
            activity.listens = Listens::default();
        }
        if self.turn(activity.maps) {
            activity.maps = false;
        }
        self.one_of(&mut activity.boundary, 0);
        for boundary in &mut activity.boundary {
            self.one_of(&mut boundary.event.triggers, 1);
            if let Some(block) = &mut boundary.then {
                self.block(block);
            }
        }
        if let Some(Repeats::MultiInstance {
            times,
            completion,
            behavior,
            ..
        }) = &mut activity.repeats
        {
            if self.turn(*times > 1) {
                *times -= 1;
            }
            if self.turn(completion.is_some()) {
                *completion = None;
            }
            if self.turn(*behavior != Behavior::All) {
                *behavior = Behavior::All;
            }
        }
        if let Some(undoing) = &mut activity.undone_by {
            self.activity(undoing);
        }
        match &mut activity.work {
            Work::Sub(scope) => self.scope(scope),
            Work::Transaction(scope) => {
                self.scope(scope);
                if self.turn(true) {
                    activity.work = Work::Sub(scope.clone());
                    activity
                        .boundary
                        .retain(|boundary| !boundary.event.triggers.contains(&Trigger::Cancel));
                }
            }
            Work::AdHoc(ad_hoc) => {
                self.one_of(&mut ad_hoc.content, 1);
                self.handlers(&mut ad_hoc.handlers);
                if self.turn(ad_hoc.completion.is_some()) {
                    ad_hoc.completion = None;
                }
                if self.turn(ad_hoc.activates != Activates::All) {
                    ad_hoc.activates = Activates::All;
                }
                ad_hoc
                    .content
                    .iter_mut()
                    .for_each(|block| self.block(block));
            }
            _ => {}
        }
    }

    fn tangle(&mut self, tangle: &mut Tangle) {
        for at in 1..tangle.knots.len() {
            if at + 1 < tangle.knots.len() && self.turn(true) {
                remove_knot(tangle, at);
                return;
            }
        }
        self.one_of(&mut tangle.flows, 1);
        for flow in &mut tangle.flows {
            if self.turn(flow.condition.is_some()) {
                flow.condition = None;
            }
        }
        for knot in &mut tangle.knots {
            match knot {
                Knot::Block(block) => self.block(block),
                Knot::Guarded {
                    activity,
                    ways,
                    takes,
                    gives,
                } => {
                    for at in 0..ways.len() {
                        if at < activity.boundary.len() && self.turn(true) {
                            ways.remove(at);
                            activity.boundary.remove(at);
                        }
                    }
                    if activity.boundary.is_empty() {
                        self.activity(activity);
                    }
                    if self.turn(*takes > 1) {
                        *takes = 1;
                    }
                    if self.turn(*gives > 1) {
                        *gives = 1;
                    }
                }
                Knot::Gateway(gateway) => {
                    if self.turn(*gateway != Gateway::Exclusive) {
                        *gateway = Gateway::Exclusive;
                    }
                }
                Knot::End(throw) => {
                    if self.turn(*throw != Throw::None) {
                        *throw = Throw::None;
                    }
                }
                Knot::Await(_) | Knot::Link(_) => {}
            }
        }
    }
}

/// What led to the knot leads to where it led.
fn remove_knot(tangle: &mut Tangle, at: usize) {
    let on = tangle
        .flows
        .iter()
        .find(|flow| flow.from == at && flow.to != at)
        .map(|flow| flow.to);
    let on = on.unwrap_or(tangle.knots.len() - 1);
    let moved = |place: usize| {
        let place = if place == at { on } else { place };
        if place > at { place - 1 } else { place }
    };
    tangle.flows.retain(|flow| flow.from != at);
    for flow in &mut tangle.flows {
        flow.from = moved(flow.from);
        flow.to = moved(flow.to);
    }
    tangle.knots.remove(at);
    for knot in &mut tangle.knots {
        match knot {
            Knot::Await(ways) => ways.iter_mut().for_each(|(_, way)| *way = moved(*way)),
            Knot::Guarded { ways, .. } => ways.iter_mut().for_each(|way| *way = moved(*way)),
            Knot::Link(way) => *way = moved(*way),
            Knot::Block(_) | Knot::Gateway(_) | Knot::End(_) => {}
        }
    }
}

fn trivial() -> Block {
    Block::Activity(Box::new(Activity {
        work: Work::Undefined,
        boundary: Vec::new(),
        repeats: None,
        undone_by: None,
        listens: Listens::default(),
        maps: false,
    }))
}

fn is_trivial(block: &Block) -> bool {
    match block {
        Block::Activity(activity) => {
            matches!(activity.work, Work::Undefined)
                && activity.boundary.is_empty()
                && activity.repeats.is_none()
                && activity.undone_by.is_none()
        }
        _ => false,
    }
}
