//! Pure decisions about products and orders: no database, no network, no clock.

mod buyer;
mod event;
mod ids;
mod line;
mod money;
mod number;
mod order;
mod product;
mod values;

pub use buyer::{Channel, IdentityKey};
pub use event::{Event, Occurred};
pub use ids::{ContactId, OrderId, ProductId};
pub use line::{LineDraft, LineItem, Quantity};
pub use money::{Currency, Money};
pub use number::generated;
pub use order::{Change, Order, OrderDraft, OrderFilter, Shipment, State};
pub use product::{Product, ProductChanges, ProductDraft, ProductFilter};
pub use values::{Code, Text};
