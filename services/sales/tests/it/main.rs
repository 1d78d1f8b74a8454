//! The sales service through its sockets: a real server, a database and a log for each test.
#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

mod cancel_order;
mod create_order;
mod create_product;
mod delete_product;
mod deliver_order;
mod get_latest_order;
mod harness;
mod link_earlier_orders;
mod link_order;
mod link_placed_order;
mod links;
mod list_orders;
mod list_products;
mod pay_order;
mod refund_order;
mod ship_order;
mod tenants;
mod update_order;
mod update_product;
