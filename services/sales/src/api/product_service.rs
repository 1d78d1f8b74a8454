//! Implements `kith.sales.v1.ProductService`: parse, ask the app, convert.

use chassis::{filter, mask::Mask, page::PageRequest, request};
use proto::{
    Required,
    sales::v1::{self as pb, product_service_server::ProductService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::{convert, domain::ProductFilter, error::Error};

const MUTABLE: &[&str] = &["display_name", "description", "price"];

#[tonic::async_trait]
impl ProductService for Api {
    async fn create_product(
        &self,
        request: Request<pb::CreateProductRequest>,
    ) -> Result<Response<pb::Product>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.ProductService/CreateProduct",
            &request.request_id,
            &request,
        )?;
        let draft = convert::product_draft(&request.product.unwrap_or_default())?;
        let product = self.app.create_product(&key, draft).await?;
        Ok(Response::new(convert::product_to_pb(product)))
    }

    async fn get_product(
        &self,
        request: Request<pb::GetProductRequest>,
    ) -> Result<Response<pb::Product>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = convert::product_id(&request.name, "name")?;
        let product = self.app.get_product(caller.tenant, id).await?;
        Ok(Response::new(convert::product_to_pb(product)))
    }

    async fn list_products(
        &self,
        request: Request<pb::ListProductsRequest>,
    ) -> Result<Response<pb::ListProductsResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = list_filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_products(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListProductsResponse {
            products: page.items.into_iter().map(convert::product_to_pb).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn update_product(
        &self,
        request: Request<pb::UpdateProductRequest>,
    ) -> Result<Response<pb::Product>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.ProductService/UpdateProduct",
            &request.request_id,
            &request,
        )?;
        let product = request.product.unwrap_or_default();
        let id = convert::product_id(&product.name, "product.name")?;
        let mask = Mask::check(&request.update_mask.unwrap_or_default().paths, MUTABLE)
            .map_err(Error::from)?;
        let changes = convert::product_changes(&product, &mask)?;
        let product = self.app.update_product(&key, id, &product.etag, changes).await?;
        Ok(Response::new(convert::product_to_pb(product)))
    }

    async fn delete_product(
        &self,
        request: Request<pb::DeleteProductRequest>,
    ) -> Result<Response<pb::Product>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.ProductService/DeleteProduct",
            &request.request_id,
            &request,
        )?;
        let id = convert::product_id(&request.name, "name")?;
        let product = self.app.delete_product(&key, id, &request.etag).await?;
        Ok(Response::new(convert::product_to_pb(product)))
    }
}

fn list_filter(filter: &str) -> Result<ProductFilter, Error> {
    let mut narrowed = ProductFilter::default();
    for term in filter::parse(filter, &["sku"])? {
        if narrowed.sku.replace(term.equals()?.to_owned()).is_some() {
            return Err(term.refuse().into());
        }
    }
    Ok(narrowed)
}
