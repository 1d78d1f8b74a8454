//! How an incoming message is answered: by a rule's text, by the state of an order, or by an agent.

use super::{
    agent::Agent,
    analysis::{Analysis, Language},
    conversation::Reason,
    inbox::Inbox,
    order::Order,
    reply_text,
    rule::{Action, Rule, Switch},
    text::Text,
};

/// Below this the intent is a guess, and a guess is not answered by a machine.
pub const MIN_CONFIDENCE: f64 = 0.5;

/// The intent that is answered although nobody wrote a rule for it.
const ORDER_STATUS: &str = "order_status";

/// The intent of what nobody understood.
const OTHER: &str = "other";

/// What is to be done, before it is known whether there is an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// State the contact's latest order; ask sales for it first.
    StateOrder {
        /// Who gets the conversation if there is none.
        otherwise: Option<Agent>,
    },
    /// Say this.
    Reply(Text),
    /// Leave it to agents.
    Assign {
        /// To one of them, or to whoever comes first.
        to: Option<Agent>,
        /// Why.
        reason: Reason,
    },
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Say this.
    Reply {
        /// What to say.
        text: Text,
    },
    /// Leave it to agents.
    Assign {
        /// To one of them, or to whoever comes first.
        to: Option<Agent>,
        /// Why.
        reason: Reason,
        /// What they should know.
        note: Option<Text>,
    },
}

/// Finds out what to do about a message in `inbox`. `rules` come in the order in which they decide.
pub fn plan(analysis: Option<&Analysis>, rules: &[Rule], inbox: &Inbox) -> Plan {
    let intent = intent(analysis);
    let default = || inbox.settings.default_assignee.clone();
    let rule = rules.iter().find(|rule| {
        let content = &rule.content;
        content.switch == Switch::On
            && content.inbox.is_none_or(|id| id == inbox.id)
            && content.intent.covers(intent)
    });
    let no_answer = || Plan::Assign { to: default(), reason: Reason::NoAnswer };
    let Some(Rule { content, .. }) = rule else {
        return match intent {
            ORDER_STATUS => Plan::StateOrder { otherwise: default() },
            _ => no_answer(),
        };
    };
    let assignee = || content.assignee.clone().or_else(default);
    match content.action {
        Action::StateOrder => Plan::StateOrder { otherwise: assignee() },
        Action::Reply => {
            content.replies.text(language_code(analysis)).map_or_else(no_answer, Plan::Reply)
        }
        Action::Assign => Plan::Assign { to: assignee(), reason: Reason::Rule },
    }
}

impl Plan {
    /// Decides, now that it is known whether there is an order.
    pub fn decide(self, order: Option<&Order>, language: Language) -> Decision {
        match (self, order) {
            (Self::StateOrder { .. }, Some(order)) => {
                Decision::Reply { text: reply_text::order_status(order, language) }
            }
            (Self::StateOrder { otherwise }, None) => Decision::Assign {
                to: otherwise,
                reason: Reason::NoAnswer,
                note: Some(reply_text::no_order(language)),
            },
            (Self::Reply(text), _) => Decision::Reply { text },
            (Self::Assign { to, reason }, _) => Decision::Assign { to, reason, note: None },
        }
    }
}

/// The language to answer a message in.
pub fn language(analysis: Option<&Analysis>) -> Language {
    Language::of(language_code(analysis))
}

fn language_code(analysis: Option<&Analysis>) -> &str {
    analysis.map_or("und", |it| it.language_code.as_str())
}

fn intent(analysis: Option<&Analysis>) -> &str {
    match analysis {
        Some(it) if MIN_CONFIDENCE <= it.intent_confidence && !it.intent.is_empty() => &it.intent,
        Some(_) | None => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, Utc};

    use super::*;
    use crate::domain::{
        channel::Channel,
        ids::{InboxId, SourceId},
        order::OrderState,
        rule::{Content, Intent, Replies},
        text::DisplayName,
    };

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn inbox() -> Inbox {
        let (mut inbox, _) = Inbox::of_source(Channel::WeChat, SourceId::new(NOW), NOW);
        inbox.settings.default_assignee = Some(Agent::known("desk"));
        inbox
    }

    fn analysis(intent: &str, intent_confidence: f64, language_code: &str) -> Analysis {
        Analysis {
            language_code: language_code.to_owned(),
            sentiment: None,
            sentiment_score: 0.0,
            intent: intent.to_owned(),
            intent_confidence,
            model: "test".to_owned(),
        }
    }

    fn rule(intent: &str, action: Action) -> Rule {
        let replies = BTreeMap::from([("en".to_owned(), "ruled".to_owned())]);
        let content = Content {
            display_name: DisplayName::known("rule"),
            intent: Intent::parse(intent).unwrap(),
            inbox: None,
            action,
            replies: Replies::parse(replies).unwrap(),
            assignee: None,
            priority: 100,
            switch: Switch::On,
        };
        Rule::create(content, NOW).0
    }

    fn assign(to: &str, reason: Reason) -> Plan {
        Plan::Assign { to: Some(Agent::known(to)), reason }
    }

    fn state_order() -> Plan {
        Plan::StateOrder { otherwise: Some(Agent::known("desk")) }
    }

    #[test]
    fn without_a_rule_order_status_states_the_order_and_all_else_goes_to_an_agent() {
        #[track_caller]
        fn check(intent: &str, confidence: f64, expected: Plan) {
            let analysis = analysis(intent, confidence, "en");
            assert_eq!(plan(Some(&analysis), &[], &inbox()), expected, "{intent} {confidence}");
        }

        check("order_status", 0.9, state_order());
        check("order_status", MIN_CONFIDENCE, state_order());
        check("order_status", 0.49, assign("desk", Reason::NoAnswer));
        check("order_status", f64::NAN, assign("desk", Reason::NoAnswer));
        check("refund_request", 0.9, assign("desk", Reason::NoAnswer));
        check("", 1.0, assign("desk", Reason::NoAnswer));
        assert_eq!(plan(None, &[], &inbox()), assign("desk", Reason::NoAnswer));
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        #[track_caller]
        fn check(rules: &[Rule], intent: &str, expected: Plan) {
            assert_eq!(plan(Some(&analysis(intent, 0.9, "en")), rules, &inbox()), expected);
        }

        let reply = || Plan::Reply(Text::clipped("ruled"));
        let mut off = rule("order_status", Action::Assign);
        off.content.switch = Switch::Off;
        let mut elsewhere = rule("order_status", Action::Assign);
        elsewhere.content.inbox = Some(InboxId::new(NOW));
        let mut to_ada = rule("*", Action::Assign);
        to_ada.content.assignee = Some(Agent::known("ada"));

        check(&[rule("order_status", Action::Reply)], "order_status", reply());
        check(&[off, rule("order_status", Action::Reply)], "order_status", reply());
        check(&[elsewhere], "order_status", state_order());
        check(&[rule("thanks", Action::Reply)], "order_status", state_order());
        check(&[rule("thanks", Action::StateOrder)], "thanks", state_order());
        check(&[to_ada], "order_status", assign("ada", Reason::Rule));
        check(&[rule("*", Action::Assign)], "thanks", assign("desk", Reason::Rule));
        check(&[rule("other", Action::Reply)], "", reply());
    }

    #[test]
    fn a_rule_without_a_text_for_the_language_leaves_it_to_an_agent() {
        let mut only_chinese = rule("thanks", Action::Reply);
        let replies = BTreeMap::from([("zh".to_owned(), "不客气".to_owned())]);
        only_chinese.content.replies = Replies::parse(replies).unwrap();
        let plan_in = |language_code: &str| {
            let analysis = analysis("thanks", 0.9, language_code);
            plan(Some(&analysis), std::slice::from_ref(&only_chinese), &inbox())
        };

        assert_eq!(plan_in("zh-CN"), Plan::Reply(Text::clipped("不客气")));
        assert_eq!(plan_in("fr"), assign("desk", Reason::NoAnswer));
    }

    #[test]
    fn an_order_is_stated_in_the_language_of_the_question_and_its_absence_noted() {
        let order = Order {
            number: "A-1".to_owned(),
            contact: None,
            state: OrderState::Paid,
            carrier: None,
            tracking_number: None,
            place_time: None,
            pay_time: None,
            ship_time: None,
            deliver_time: None,
            close_time: None,
        };

        let found = state_order().decide(Some(&order), Language::Chinese);
        let missing = state_order().decide(None, Language::English);

        let text = reply_text::order_status(&order, Language::Chinese);
        assert_eq!(found, Decision::Reply { text });
        let note = Some(reply_text::no_order(Language::English));
        let to = Some(Agent::known("desk"));
        assert_eq!(missing, Decision::Assign { to, reason: Reason::NoAnswer, note });
    }
}
