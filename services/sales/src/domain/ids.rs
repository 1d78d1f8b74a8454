//! Ids and resource names: `products/…` and `orders/…` of our own, `contacts/…` of the customer service.

use chassis::resource_id;

resource_id!(
    /// Names a product.
    ProductId,
    "products"
);
resource_id!(
    /// Names an order.
    OrderId,
    "orders"
);
resource_id!(
    /// Names a contact of the customer service.
    ContactId,
    "contacts"
);
