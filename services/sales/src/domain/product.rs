//! The product: created, changed and deleted, each with the event that says so.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Code, Event, Money, ProductId, Text};

/// What a caller says of a new product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductDraft {
    /// Stock keeping unit.
    pub sku: Code,
    /// What customers call it.
    pub display_name: Text,
    /// Free description; may be empty.
    pub description: Text,
    /// List price.
    pub price: Money,
}

/// What a caller wants changed; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductChanges {
    /// What customers call it.
    pub display_name: Option<Text>,
    /// Free description.
    pub description: Option<Text>,
    /// List price.
    pub price: Option<Money>,
}

/// What a list of products is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ProductFilter {
    /// With this stock keeping unit.
    pub sku: Option<String>,
}

/// Something the tenant sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its name.
    pub id: ProductId,
    /// Stock keeping unit; unique among the tenant's live products.
    pub sku: Code,
    /// What customers call it.
    pub display_name: Text,
    /// Free description; may be empty.
    pub description: Text,
    /// List price.
    pub price: Money,
    /// Counts its events, from 1.
    pub version: u64,
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it last changed.
    pub update_time: DateTime<Utc>,
    /// When it was deleted; `None` for a live one.
    pub delete_time: Option<DateTime<Utc>>,
}

impl Product {
    /// Creates a product.
    pub fn create(draft: ProductDraft, now: DateTime<Utc>) -> (Self, Event) {
        let product = Self {
            id: ProductId::new(now),
            sku: draft.sku,
            display_name: draft.display_name,
            description: draft.description,
            price: draft.price,
            version: 1,
            create_time: now,
            update_time: now,
            delete_time: None,
        };
        (product.clone(), Event::ProductCreated { product })
    }

    /// Changes the fields that are given; `None` if that changes nothing.
    pub fn update(self, changes: ProductChanges, now: DateTime<Utc>) -> Option<(Self, Event)> {
        let ProductChanges { display_name, description, price } = changes;
        let before = self.clone();
        let product = Self {
            display_name: display_name.unwrap_or(self.display_name),
            description: description.unwrap_or(self.description),
            price: price.unwrap_or(self.price),
            ..self
        };
        let fields = [
            ("display_name", before.display_name != product.display_name),
            ("description", before.description != product.description),
            ("price", before.price != product.price),
        ];
        let changed_fields: Vec<_> =
            fields.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect();
        if changed_fields.is_empty() {
            return None;
        }
        let product = product.next(now);
        Some((product.clone(), Event::ProductUpdated { product, changed_fields }))
    }

    /// Deletes the product; `None` if it is deleted already.
    pub fn delete(self, now: DateTime<Utc>) -> Option<(Self, Event)> {
        if self.delete_time.is_some() {
            return None;
        }
        let product = Self { delete_time: Some(now), ..self.next(now) };
        Some((product.clone(), Event::ProductDeleted { product }))
    }

    fn next(self, now: DateTime<Utc>) -> Self {
        Self { version: self.version + 1, update_time: now, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn a_change_says_which_fields_and_no_change_says_nothing() {
        let price = |minor_units| Money::price("CNY", minor_units).unwrap();
        let draft = ProductDraft {
            sku: Code::parse("TEA-01").unwrap(),
            display_name: Text::parse("Tea", 200, "too long").unwrap(),
            description: Text::default(),
            price: price(100),
        };
        let (product, _) = Product::create(draft, NOW);
        let dearer = ProductChanges { price: Some(price(120)), ..ProductChanges::default() };

        let (product, event) = product.update(dearer.clone(), NOW).unwrap();

        assert_eq!(product.version, 2);
        let Event::ProductUpdated { changed_fields, .. } = event else { panic!("{event:?}") };
        assert_eq!(changed_fields, ["price"]);
        assert_eq!(product.clone().update(dearer, NOW), None);
        let (deleted, _) = product.delete(NOW).unwrap();
        assert_eq!(deleted.delete(NOW), None);
    }
}
