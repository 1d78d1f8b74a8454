//! Implements `kith.social.v1.AnalysisService`: parse, ask the app, convert.

use chassis::{malformed::Malformed, request};
use proto::{
    Required,
    social::v1::{self as pb, analysis_service_server::AnalysisService},
};
use tonic::{Request, Response, Status};

use super::Api;
use crate::{convert, error::Error};

/// Longest text that is analysed on request, in characters.
const MAX_CHARS: usize = 8_000;

#[tonic::async_trait]
impl AnalysisService for Api {
    async fn analyze_text(
        &self,
        request: Request<pb::AnalyzeTextRequest>,
    ) -> Result<Response<pb::AnalyzeTextResponse>, Status> {
        let (_, request) = request::open(request, Required::missing_field)?;
        if MAX_CHARS < request.text.chars().take(MAX_CHARS + 1).count() {
            let problem = Malformed("must be at most 8,000 characters");
            return Err(Error::InvalidField { field: "text", problem }.into());
        }
        let found = self.app.analyze(&request.text);
        Ok(Response::new(convert::analyzed(&request.text, found)))
    }
}
