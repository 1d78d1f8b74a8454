//! How far an order got, and the moves it can make: every pair of state and move is decided here.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far an order got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Ordered, not paid.
    Placed,
    /// Paid, not shipped.
    Paid,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Called off.
    Cancelled,
    /// Paid back.
    Refunded,
}

/// What can be done to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Pay,
    Ship,
    Deliver,
    Cancel,
    Refund,
}

impl State {
    /// Every state, in the order an order goes through them.
    pub const ALL: [Self; 6] =
        [Self::Placed, Self::Paid, Self::Shipped, Self::Delivered, Self::Cancelled, Self::Refunded];

    /// The state as a column holds it and a message names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Move {
    /// The state the move leads to, from wherever it is made.
    pub(super) const fn target(self) -> State {
        match self {
            Self::Pay => State::Paid,
            Self::Ship => State::Shipped,
            Self::Deliver => State::Delivered,
            Self::Cancel => State::Cancelled,
            Self::Refund => State::Refunded,
        }
    }

    /// Tells whether an order in `state` can make the move.
    pub(super) const fn is_legal_from(self, state: State) -> bool {
        match (state, self) {
            (State::Placed, Self::Pay | Self::Cancel)
            | (State::Paid, Self::Ship | Self::Cancel | Self::Refund)
            | (State::Shipped, Self::Deliver | Self::Refund)
            | (State::Delivered, Self::Refund) => true,
            (State::Placed, Self::Ship | Self::Deliver | Self::Refund)
            | (State::Paid, Self::Pay | Self::Deliver)
            | (State::Shipped, Self::Pay | Self::Ship | Self::Cancel)
            | (State::Delivered, Self::Pay | Self::Ship | Self::Deliver | Self::Cancel)
            | (
                State::Cancelled | State::Refunded,
                Self::Pay | Self::Ship | Self::Deliver | Self::Cancel | Self::Refund,
            ) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_from_every_state_is_as_the_contract_says() {
        #[track_caller]
        fn check(state: State, legal: [bool; 5]) {
            let moves = [Move::Pay, Move::Ship, Move::Deliver, Move::Cancel, Move::Refund];
            assert_eq!(moves.map(|it| it.is_legal_from(state)), legal, "{state}");
        }

        const Y: bool = true;
        const N: bool = false;
        //                     pay ship deliver cancel refund
        check(State::Placed, [Y, N, N, Y, N]);
        check(State::Paid, [N, Y, N, Y, Y]);
        check(State::Shipped, [N, N, Y, N, Y]);
        check(State::Delivered, [N, N, N, N, Y]);
        check(State::Cancelled, [N, N, N, N, N]);
        check(State::Refunded, [N, N, N, N, N]);
    }
}
