//! What is said in a conversation: every message gets the next number, every fact the next version.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    agent::Agent,
    analysis::Analysis,
    conversation::{Conversation, Event, Fact, Waiting},
    ids::{InboundMessageId, MessageId, SourceId},
    message::{Author, Direction, Message, Outcome, State},
    text::Text,
};

/// A message of the contact, about to be appended.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// What it says.
    pub text: Text,
    /// What it was understood to mean.
    pub analysis: Option<Analysis>,
    /// What it is at social-ingest.
    pub inbound_message: InboundMessageId,
    /// Where it came in.
    pub source: SourceId,
    /// The provider's time.
    pub provider_time: Option<DateTime<Utc>>,
    /// When it reached us.
    pub receive_time: DateTime<Utc>,
    /// The event that told of it.
    pub cause: Uuid,
}

/// Who says something on our side, and why.
#[derive(Clone, Debug)]
pub enum Voice {
    /// An agent.
    Agent(Agent),
    /// A rule, answering a message.
    Rule {
        /// The message it answers.
        in_reply_to: MessageId,
        /// The event it reacts to.
        cause: Uuid,
    },
    /// An order that was paid or shipped.
    Order {
        /// The event it reacts to.
        cause: Uuid,
    },
}

impl Conversation {
    /// Appends what the contact wrote. A snoozed conversation opens again.
    pub fn receive(&mut self, incoming: Incoming, now: DateTime<Utc>) -> (Message, Vec<Event>) {
        let mut events: Vec<Event> = self.wake_early(now).into_iter().collect();
        let message = Message {
            state: State::Received,
            analysis: incoming.analysis.clone(),
            inbound_message: Some(incoming.inbound_message),
            cause: Some(incoming.cause),
            provider_time: incoming.provider_time,
            ..self.next_message(Direction::Incoming, Author::Contact, incoming.text, now)
        };
        let written = incoming.provider_time.unwrap_or(incoming.receive_time);
        self.last_inbound_time = self.last_inbound_time.max(Some(written));
        let since = self.waiting.map_or(incoming.receive_time, |waiting| waiting.since);
        self.waiting = Some(Waiting { since, message: message.id });
        let fact = Fact::Received {
            message: message.id,
            sequence: message.sequence,
            source: Some(incoming.source),
            inbound_message: message.inbound_message,
            analysis: incoming.analysis,
            provider_time: incoming.provider_time,
        };
        events.push(self.record(fact, now));
        (message, events)
    }

    /// Queues a message to the contact. An agent's answers what the contact waits for, and takes the
    /// conversation out of the rules' hands.
    pub fn queue(&mut self, voice: Voice, text: Text, now: DateTime<Utc>) -> (Message, Vec<Event>) {
        let mut events = Vec::new();
        let (author, agent, in_reply_to, cause) = match voice {
            Voice::Agent(agent) => {
                events.extend(self.leave_rules(now));
                let waiting = self.waiting.map(|waiting| waiting.message);
                (Author::Agent, Some(agent), waiting, None)
            }
            Voice::Rule { in_reply_to, cause } => {
                (Author::Rule, None, Some(in_reply_to), Some(cause))
            }
            Voice::Order { cause } => (Author::Order, None, None, Some(cause)),
        };
        let message = Message {
            state: State::Queued,
            agent,
            in_reply_to,
            cause,
            attempt: 1,
            ..self.next_message(Direction::Outgoing, author, text, now)
        };
        events.push(self.queued(&message, now));
        (message, events)
    }

    /// Adds a note that only agents see.
    pub fn note(&mut self, voice: Voice, text: Text, now: DateTime<Utc>) -> (Message, Event) {
        let (author, agent, in_reply_to, cause) = match voice {
            Voice::Agent(agent) => (Author::Agent, Some(agent), None, None),
            Voice::Rule { in_reply_to, cause } => {
                (Author::Rule, None, Some(in_reply_to), Some(cause))
            }
            Voice::Order { cause } => (Author::Order, None, None, Some(cause)),
        };
        let message = Message {
            state: State::Received,
            agent,
            in_reply_to,
            cause,
            ..self.next_message(Direction::Note, author, text, now)
        };
        let event = self.record(Fact::NoteAdded { message: message.id }, now);
        (message, event)
    }

    /// Queues a message for another delivery, unless nothing went wrong with the last.
    pub fn retry(&mut self, message: &mut Message, now: DateTime<Utc>) -> Option<Event> {
        if !message.state.may_be_retried() {
            return None;
        }
        message.state = State::Queued;
        message.failure_reason = None;
        message.attempt += 1;
        Some(self.queued(message, now))
    }

    /// Records what became of a delivery of `message`, which answers `answered`. An outcome that says
    /// nothing new is no event.
    pub fn settle(
        &mut self,
        message: &mut Message,
        answered: Option<&Message>,
        outcome: Outcome,
        now: DateTime<Utc>,
    ) -> Option<Event> {
        message.state = message.state.after(&outcome)?;
        let id = message.id;
        let fact = match outcome {
            Outcome::Sent { time } => {
                message.send_time = Some(time);
                message.failure_reason = None;
                Fact::Sent {
                    message: id,
                    author: message.author,
                    send_time: time,
                    in_reply_to: message.in_reply_to,
                    answered: answered.and_then(|it| it.inbound_message),
                    first_response: self.answer(message, time),
                }
            }
            Outcome::Failed { reason } => {
                message.failure_reason = Some(reason.clone());
                Fact::Failed { message: id, reason }
            }
            Outcome::Unknown => Fact::OutcomeUnknown { message: id },
        };
        Some(self.record(fact, now))
    }

    /// Notes that the contact was answered, and how long they had waited if it is the first time.
    fn answer(&mut self, message: &Message, time: DateTime<Utc>) -> Option<chrono::TimeDelta> {
        let is_answer = match message.author {
            Author::Agent | Author::Rule => message.in_reply_to.is_some(),
            Author::Contact | Author::Order => false,
        };
        let waiting = self.waiting.filter(|_| is_answer)?;
        if message.in_reply_to == Some(waiting.message) {
            self.waiting = None;
        }
        if self.first_response_time.is_some() {
            return None;
        }
        self.first_response_time = Some(time);
        Some((time - waiting.since).max(chrono::TimeDelta::zero()))
    }

    fn queued(&mut self, message: &Message, now: DateTime<Utc>) -> Event {
        let fact = Fact::Queued {
            message: message.id,
            sequence: message.sequence,
            author: message.author,
            in_reply_to: message.in_reply_to,
            attempt: message.attempt,
        };
        self.record(fact, now)
    }

    fn next_message(
        &mut self,
        direction: Direction,
        author: Author,
        text: Text,
        now: DateTime<Utc>,
    ) -> Message {
        self.last_sequence += 1;
        Message {
            id: MessageId::new(now),
            conversation: self.id,
            sequence: self.last_sequence,
            direction,
            author,
            agent: None,
            text,
            state: State::Received,
            failure_reason: None,
            analysis: None,
            in_reply_to: None,
            inbound_message: None,
            cause: None,
            attempt: 0,
            provider_time: None,
            create_time: now,
            send_time: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::{
        channel::Channel, conversation::Status, ids::ContactId, inbox::Inbox,
        message::FailureReason,
    };

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn at(seconds: i64) -> DateTime<Utc> {
        NOW + TimeDelta::seconds(seconds)
    }

    fn conversation() -> Conversation {
        let (inbox, _) = Inbox::of_source(Channel::WeChat, SourceId::new(NOW), NOW);
        Conversation::open(&inbox, ContactId::new(NOW), None, Status::Pending, NOW).0
    }

    fn incoming(receive_time: DateTime<Utc>) -> Incoming {
        Incoming {
            text: Text::clipped("hello"),
            analysis: None,
            inbound_message: InboundMessageId::new(NOW),
            source: SourceId::new(NOW),
            provider_time: None,
            receive_time,
            cause: Uuid::from_u128(1),
        }
    }

    fn rule(in_reply_to: MessageId) -> Voice {
        Voice::Rule { in_reply_to, cause: Uuid::from_u128(2) }
    }

    fn first_response(event: Option<Event>) -> Option<TimeDelta> {
        match event.unwrap().fact {
            Fact::Sent { first_response, .. } => first_response,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn messages_are_numbered_and_facts_versioned_without_gaps() {
        let mut it = conversation();

        let (question, received) = it.receive(incoming(NOW), NOW);
        let (mut reply, queued) = it.queue(rule(question.id), Text::clipped("hi"), NOW);
        let (note, noted) = it.note(Voice::Agent(Agent::known("ada")), Text::clipped("n"), NOW);
        let sent = it.settle(&mut reply, Some(&question), Outcome::Sent { time: at(9) }, at(9));

        let sequences = [question.sequence, reply.sequence, note.sequence];
        assert_eq!((sequences, it.last_sequence), ([1, 2, 3], 3));
        let events = [received, queued, vec![noted], sent.into_iter().collect()].concat();
        let versions: Vec<_> = events.iter().map(|event| event.version).collect();
        assert_eq!((versions, it.version), (vec![2, 3, 4, 5], 5));
    }

    #[test]
    fn the_first_response_counts_once_from_the_first_unanswered_message() {
        let mut it = conversation();
        let (first, _) = it.receive(incoming(at(10)), at(11));
        let (second, _) = it.receive(incoming(at(20)), at(21));
        let (mut early, _) = it.queue(rule(first.id), Text::clipped("1"), at(22));
        let (mut late, _) = it.queue(rule(second.id), Text::clipped("2"), at(22));
        let sent = |seconds| Outcome::Sent { time: at(seconds) };

        let once = first_response(it.settle(&mut early, Some(&first), sent(40), at(41)));
        let again = first_response(it.settle(&mut late, Some(&second), sent(50), at(51)));

        assert_eq!((once, again), (Some(TimeDelta::seconds(30)), None));
        assert_eq!((it.first_response_time, it.waiting), (Some(at(40)), None));
    }

    #[test]
    fn news_of_an_order_and_our_own_first_word_answer_nobody() {
        let mut it = conversation();
        let sent = || Outcome::Sent { time: at(5) };
        let ada = || Voice::Agent(Agent::known("ada"));

        let (mut opening, _) = it.queue(ada(), Text::clipped("hi"), NOW);
        assert_eq!(first_response(it.settle(&mut opening, None, sent(), NOW)), None);
        let (question, _) = it.receive(incoming(NOW), NOW);
        let news = Voice::Order { cause: Uuid::from_u128(3) };
        let (mut news, _) = it.queue(news, Text::clipped("paid"), NOW);
        assert_eq!(first_response(it.settle(&mut news, None, sent(), NOW)), None);

        let (answer, _) = it.queue(ada(), Text::clipped("yes"), NOW);
        assert_eq!(answer.in_reply_to, Some(question.id));
        assert_eq!(it.first_response_time, None);
    }

    #[test]
    fn an_agent_who_writes_takes_the_conversation_from_the_rules() {
        let mut it = conversation();

        let (_, events) = it.queue(Voice::Agent(Agent::known("ada")), Text::clipped("hi"), NOW);

        assert_eq!(it.status, Status::Open);
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn a_message_that_did_not_arrive_can_be_queued_once_more() {
        let mut it = conversation();
        let (mut message, _) =
            it.queue(Voice::Agent(Agent::known("ada")), Text::clipped("hi"), NOW);
        let failed = Outcome::Failed { reason: FailureReason::of("WINDOW_CLOSED") };

        assert_eq!(it.retry(&mut message, NOW), None);
        it.settle(&mut message, None, failed, NOW).unwrap();
        let event = it.retry(&mut message, NOW).unwrap();

        assert!(matches!(event.fact, Fact::Queued { attempt: 2, .. }));
        assert_eq!((message.state, message.failure_reason), (State::Queued, None));
    }

    #[test]
    fn a_snoozed_conversation_opens_when_the_contact_writes() {
        let mut it = conversation();
        it.status = Status::Snoozed;

        let (_, events) = it.receive(incoming(NOW), NOW);

        assert_eq!(it.status, Status::Open);
        let opened = Fact::StatusChanged { from: Status::Snoozed, to: Status::Open };
        assert_eq!(events[0], Event { version: 2, fact: opened });
        assert_eq!(events[1].version, 3);
    }
}
