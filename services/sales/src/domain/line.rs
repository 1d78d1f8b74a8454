//! Lines of an order: as a caller gives them, and whole, with what the product says filled in.

use chassis::malformed::Malformed;
use serde::{Deserialize, Serialize};

use super::{Money, Product, ProductId, Text};

/// How many of one thing are bought: 1 to 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(pub u32);

impl Quantity {
    const MAX: u32 = 1_000_000;

    /// Reads a number of things.
    pub fn parse(raw: i32) -> Result<Self, Malformed> {
        match u32::try_from(raw) {
            Ok(count @ 1..=Self::MAX) => Ok(Self(count)),
            Ok(_) | Err(_) => Err(Malformed("must be 1 to 1,000,000")),
        }
    }
}

/// A line as a caller gives it: what the product says need not be said again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// The product; `None` for something not in the catalogue.
    pub product: Option<ProductId>,
    /// What it was called; empty for the product's name.
    pub title: Text,
    /// How many.
    pub quantity: Quantity,
    /// Price of one; `None` for the product's price.
    pub unit_price: Option<Money>,
}

/// One line of an order, as it was bought: later changes of the product do not change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineItem {
    /// The product; `None` for something not in the catalogue.
    pub product: Option<ProductId>,
    /// What it was called.
    pub title: Text,
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: Money,
}

impl LineDraft {
    /// Fills in what `product` says. Without one, the line must say everything itself.
    pub fn complete(self, product: Option<&Product>) -> Result<LineItem, Malformed> {
        let title = match product {
            Some(product) if self.title.is_empty() => product.display_name.clone(),
            Some(_) | None => self.title,
        };
        if title.is_empty() {
            return Err(Malformed("must each have a title or a product"));
        }
        let unit_price = self.unit_price.or_else(|| product.map(|it| it.price.clone()));
        let unit_price = unit_price.ok_or(Malformed("must each have a unit price or a product"))?;
        Ok(LineItem { product: self.product, title, quantity: self.quantity, unit_price })
    }
}

impl LineItem {
    /// What the line comes to; `None` if that is more than can be counted.
    pub fn amount(&self) -> Option<Money> {
        self.unit_price.times(self.quantity.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_1_to_a_million() {
        #[track_caller]
        fn check(raw: i32, is_quantity: bool) {
            assert_eq!(Quantity::parse(raw).is_ok(), is_quantity);
        }

        check(1, true);
        check(1_000_000, true);
        check(0, false);
        check(-1, false);
        check(1_000_001, false);
    }
}
