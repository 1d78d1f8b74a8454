//! Products: proto ⇄ domain.

use chassis::{etag, malformed::Malformed, mask::Mask};
use proto::sales::v1 as pb;

use super::{field, money_to_pb, price, text, time};
use crate::{
    domain::{Code, Product, ProductChanges, ProductDraft, Text},
    error::Result,
};

/// Reads a product that is to be created.
pub fn product_draft(product: &pb::Product) -> Result<ProductDraft> {
    Ok(ProductDraft {
        sku: field("product.sku", Code::parse(&product.sku))?,
        display_name: display_name(product)?,
        description: description(product)?,
        price: price(product.price.as_ref(), "product.price")?,
    })
}

/// Reads the fields of a product that the mask asks to change.
pub fn product_changes(product: &pb::Product, mask: &Mask) -> Result<ProductChanges> {
    let mut changes = ProductChanges::default();
    if mask.has("display_name") {
        changes.display_name = Some(display_name(product)?);
    }
    if mask.has("description") {
        changes.description = Some(description(product)?);
    }
    if mask.has("price") {
        changes.price = Some(price(product.price.as_ref(), "product.price")?);
    }
    Ok(changes)
}

/// Writes a product.
pub fn product_to_pb(product: Product) -> pb::Product {
    pb::Product {
        name: product.id.to_string(),
        sku: product.sku.as_str().to_owned(),
        display_name: product.display_name.as_str().to_owned(),
        description: product.description.as_str().to_owned(),
        price: Some(money_to_pb(&product.price)),
        create_time: Some(time(product.create_time)),
        update_time: Some(time(product.update_time)),
        delete_time: product.delete_time.map(time),
        etag: etag::of(product.version),
    }
}

fn display_name(product: &pb::Product) -> Result<Text> {
    const SHAPE: &str = "must be 1 to 200 characters";
    let name = Text::parse(&product.display_name, 200, SHAPE)
        .and_then(|name| if name.is_empty() { Err(Malformed(SHAPE)) } else { Ok(name) });
    field("product.display_name", name)
}

fn description(product: &pb::Product) -> Result<Text> {
    text("product.description", &product.description, 2_000, "must be at most 2,000 characters")
}
