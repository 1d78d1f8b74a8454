//! The hand-off between rules and agents, and the moves between statuses, as tables.

use chrono::{DateTime, Utc};

use super::{Answering, Conversation, Event, Fact, Inbox, Reason, Status};
use crate::domain::agent::Agent;

/// Whose turn it is to answer an incoming message. Rules and agents never talk over each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The rules answer.
    Rules,
    /// Rules are off here and nobody has it: the inbox's default assignee gets it.
    DefaultAssignee,
    /// Agents have it, or it is done.
    Agents,
}

/// Where somebody wants the matter to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// To wait for an agent.
    Open,
    /// To be answered by the rules.
    Pending,
    /// To be put off until that time.
    Snooze(DateTime<Utc>),
    /// To be done.
    Resolve,
}

/// Why a conversation does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is resolved, and only opening it again is possible.
    Resolved,
    /// The time to snooze until has passed.
    SnoozeTimePassed,
}

impl Move {
    /// The status it leads to.
    pub const fn target(self) -> Status {
        match self {
            Self::Open => Status::Open,
            Self::Pending => Status::Pending,
            Self::Snooze(_) => Status::Snoozed,
            Self::Resolve => Status::Resolved,
        }
    }
}

impl Conversation {
    /// Tells whose turn it is to answer.
    pub fn turn(&self, inbox: &Inbox) -> Turn {
        if self.assignee.is_some() {
            return Turn::Agents;
        }
        match (self.status, inbox.settings.answering) {
            (Status::Pending, Answering::Rules) => Turn::Rules,
            (Status::Pending | Status::Open, Answering::Agents) => Turn::DefaultAssignee,
            (Status::Open, Answering::Rules)
            | (Status::Snoozed | Status::Resolved, Answering::Rules | Answering::Agents) => {
                Turn::Agents
            }
        }
    }

    /// Assigns it, or takes it from its agent. What the rules had is handed over to agents.
    pub fn assign(
        &mut self,
        assignee: Option<Agent>,
        reason: Reason,
        now: DateTime<Utc>,
    ) -> Result<Option<Event>, Refusal> {
        let status = match (self.status, &assignee) {
            (Status::Resolved, _) => return Err(Refusal::Resolved),
            (Status::Pending, Some(_)) => Status::Open,
            (Status::Open | Status::Snoozed, _) | (Status::Pending, None) => self.status,
        };
        if (status, &assignee) == (self.status, &self.assignee) {
            return Ok(None);
        }
        self.status = status;
        self.assignee = assignee.clone();
        Ok(Some(self.record(Fact::Assigned { assignee, reason, status }, now)))
    }

    /// Hands what the rules have over to agents: to one of them, or to whoever comes first.
    pub fn hand_over(
        &mut self,
        to: Option<Agent>,
        reason: Reason,
        now: DateTime<Utc>,
    ) -> Option<Event> {
        match to {
            Some(_) => self.assign(to, reason, now).ok().flatten(),
            None => self.leave_rules(now),
        }
    }

    /// Takes it out of the rules' hands, if they have it.
    pub fn leave_rules(&mut self, now: DateTime<Utc>) -> Option<Event> {
        match self.status {
            Status::Pending => Some(self.change_status(Status::Open, now)),
            Status::Open | Status::Snoozed | Status::Resolved => None,
        }
    }

    /// Moves it. What already stands there stays without an event; given back to the rules, it
    /// loses its assignee.
    pub fn apply(&mut self, wanted: Move, now: DateTime<Utc>) -> Result<Vec<Event>, Refusal> {
        match (self.status, wanted) {
            (Status::Resolved, Move::Pending | Move::Snooze(_) | Move::Resolve) => {
                return Err(Refusal::Resolved);
            }
            (_, Move::Snooze(until)) if until <= now => return Err(Refusal::SnoozeTimePassed),
            (Status::Open, Move::Open) | (Status::Pending, Move::Pending) => return Ok(Vec::new()),
            (Status::Snoozed, Move::Snooze(until)) if self.snooze_until_time == Some(until) => {
                return Ok(Vec::new());
            }
            (
                Status::Open | Status::Pending | Status::Snoozed | Status::Resolved,
                Move::Open | Move::Pending | Move::Snooze(_) | Move::Resolve,
            ) => (),
        }
        let mut events = Vec::new();
        if wanted == Move::Pending && self.assignee.take().is_some() {
            let fact =
                Fact::Assigned { assignee: None, reason: Reason::Agent, status: self.status };
            events.push(self.record(fact, now));
        }
        events.push(self.change_status(wanted.target(), now));
        if let Move::Snooze(until) = wanted {
            self.snooze_until_time = Some(until);
        }
        Ok(events)
    }

    /// Opens it again if it is snoozed and the time has come.
    pub fn wake(&mut self, now: DateTime<Utc>) -> Option<Event> {
        let is_due = self.snooze_until_time.is_some_and(|until| until <= now);
        (self.status == Status::Snoozed && is_due).then(|| self.change_status(Status::Open, now))
    }

    /// Opens it again if it is snoozed, because the contact wrote.
    pub(in crate::domain) fn wake_early(&mut self, now: DateTime<Utc>) -> Option<Event> {
        (self.status == Status::Snoozed).then(|| self.change_status(Status::Open, now))
    }

    fn change_status(&mut self, to: Status, now: DateTime<Utc>) -> Event {
        let from = self.status;
        self.status = to;
        self.snooze_until_time = None;
        self.record(Fact::StatusChanged { from, to }, now)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::{
        channel::Channel,
        ids::{ContactId, SourceId},
    };

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn inbox(answering: Answering) -> Inbox {
        let (mut inbox, _) = Inbox::of_source(Channel::WeChat, SourceId::new(NOW), NOW);
        inbox.settings.answering = answering;
        inbox
    }

    fn conversation(status: Status, assignee: Option<&str>) -> Conversation {
        let inbox = inbox(Answering::Rules);
        let (mut it, _) = Conversation::open(&inbox, ContactId::new(NOW), None, status, NOW);
        it.assignee = assignee.map(Agent::known);
        it
    }

    #[test]
    fn rules_speak_only_while_no_agent_has_the_conversation() {
        #[track_caller]
        fn check(status: Status, assignee: Option<&str>, answering: Answering, expected: Turn) {
            assert_eq!(conversation(status, assignee).turn(&inbox(answering)), expected);
        }

        check(Status::Pending, None, Answering::Rules, Turn::Rules);
        check(Status::Pending, Some("ada"), Answering::Rules, Turn::Agents);
        check(Status::Pending, None, Answering::Agents, Turn::DefaultAssignee);
        check(Status::Open, None, Answering::Rules, Turn::Agents);
        check(Status::Open, None, Answering::Agents, Turn::DefaultAssignee);
        check(Status::Open, Some("ada"), Answering::Agents, Turn::Agents);
        check(Status::Snoozed, None, Answering::Rules, Turn::Agents);
        check(Status::Resolved, None, Answering::Agents, Turn::Agents);
    }

    #[test]
    fn a_conversation_moves_only_as_the_table_says() {
        #[track_caller]
        fn check(from: Status, wanted: Move, expected: Result<&[Status], Refusal>) {
            let mut it = conversation(from, None);
            let outcome = it.apply(wanted, NOW).map(|events| {
                let reached = events.into_iter().map(|event| match event.fact {
                    Fact::StatusChanged { to, .. } => to,
                    other => panic!("{other:?}"),
                });
                reached.collect()
            });
            assert_eq!(outcome, expected.map(<[Status]>::to_vec), "{from} {wanted:?}");
        }

        let later = Move::Snooze(NOW + TimeDelta::hours(1));
        let resolved = Err(Refusal::Resolved);
        check(Status::Open, Move::Open, Ok(&[]));
        check(Status::Open, Move::Pending, Ok(&[Status::Pending]));
        check(Status::Open, later, Ok(&[Status::Snoozed]));
        check(Status::Open, Move::Resolve, Ok(&[Status::Resolved]));
        check(Status::Pending, Move::Open, Ok(&[Status::Open]));
        check(Status::Pending, Move::Pending, Ok(&[]));
        check(Status::Pending, later, Ok(&[Status::Snoozed]));
        check(Status::Pending, Move::Resolve, Ok(&[Status::Resolved]));
        check(Status::Snoozed, Move::Open, Ok(&[Status::Open]));
        check(Status::Snoozed, Move::Pending, Ok(&[Status::Pending]));
        check(Status::Snoozed, later, Ok(&[Status::Snoozed]));
        check(Status::Snoozed, Move::Resolve, Ok(&[Status::Resolved]));
        check(Status::Resolved, Move::Open, Ok(&[Status::Open]));
        check(Status::Resolved, Move::Pending, resolved);
        check(Status::Resolved, later, resolved);
        check(Status::Resolved, Move::Resolve, resolved);
        check(Status::Open, Move::Snooze(NOW), Err(Refusal::SnoozeTimePassed));
    }

    #[test]
    fn an_assignment_takes_the_conversation_from_the_rules() {
        #[track_caller]
        fn check(from: Status, assignee: Option<&str>, expected: Result<Option<Status>, Refusal>) {
            let mut it = conversation(from, Some("bob"));
            let outcome = it.assign(assignee.map(Agent::known), Reason::Agent, NOW);
            assert_eq!(outcome.map(|event| event.map(|_| it.status)), expected);
        }

        check(Status::Pending, Some("ada"), Ok(Some(Status::Open)));
        check(Status::Open, Some("ada"), Ok(Some(Status::Open)));
        check(Status::Snoozed, Some("ada"), Ok(Some(Status::Snoozed)));
        check(Status::Open, Some("bob"), Ok(None));
        check(Status::Open, None, Ok(Some(Status::Open)));
        check(Status::Resolved, Some("ada"), Err(Refusal::Resolved));
        check(Status::Resolved, None, Err(Refusal::Resolved));
    }

    #[test]
    fn what_nobody_is_there_to_take_is_open_all_the_same() {
        let mut it = conversation(Status::Pending, None);

        let event = it.hand_over(None, Reason::NoAnswer, NOW).unwrap();

        let expected = Fact::StatusChanged { from: Status::Pending, to: Status::Open };
        assert_eq!(event, Event { version: 2, fact: expected });
        assert_eq!(it.hand_over(None, Reason::NoAnswer, NOW), None);
    }

    #[test]
    fn given_back_to_the_rules_it_loses_its_assignee() {
        let mut it = conversation(Status::Open, Some("ada"));

        let events = it.apply(Move::Pending, NOW).unwrap();

        assert_eq!(events.iter().map(|event| event.version).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((it.status, it.assignee), (Status::Pending, None));
    }

    #[test]
    fn a_snoozed_conversation_wakes_when_its_time_has_come() {
        let mut it = conversation(Status::Open, None);
        let until = NOW + TimeDelta::hours(1);
        it.apply(Move::Snooze(until), NOW).unwrap();

        assert_eq!(it.wake(NOW), None);
        assert!(it.wake(until).is_some());

        assert_eq!((it.status, it.snooze_until_time), (Status::Open, None));
    }
}
