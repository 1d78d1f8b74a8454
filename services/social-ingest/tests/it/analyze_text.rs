//! `AnalysisService.AnalyzeText`: what it says and what it refuses.

use chassis::authn::Role;
use proto::social::v1::{
    AnalyzeTextRequest, AnalyzeTextResponse, Sentiment,
    analysis_service_client::AnalysisServiceClient,
};
use tonic::{Code, Status};

use crate::harness::{Harness, reason};

async fn analyze(it: &Harness, text: &str) -> Result<AnalyzeTextResponse, Status> {
    let mut client = AnalysisServiceClient::new(it.client(Role::Admin));
    let answer = client.analyze_text(AnalyzeTextRequest { text: text.to_owned() }).await;
    answer.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_text_is_told_apart_into_words_and_what_it_means() {
    let it = Harness::start().await;
    let text = "我的订单 20260101123456 没有到达，非常失望";

    let found = analyze(&it, text).await.unwrap();

    let analysis = found.analysis.unwrap();
    assert_eq!((analysis.language_code.as_str(), analysis.intent.as_str()), ("zh", "order_status"));
    assert_eq!(analysis.sentiment(), Sentiment::Negative);
    assert!(found.tokens.iter().all(|it| text[it.begin_offset as usize..].starts_with(&it.text)));
    assert!(found.entities.iter().all(|it| text[it.begin_offset as usize..].starts_with(&it.text)));
    assert!(!found.tokens.is_empty() && !found.keywords.is_empty());
}

#[tokio::test]
async fn an_empty_text_and_one_that_is_too_long_are_refused() {
    let it = Harness::start().await;

    for text in [String::new(), "字".repeat(8_001)] {
        let (code, _, field) = reason(&analyze(&it, &text).await.unwrap_err());
        assert_eq!((code, field.as_str()), (Code::InvalidArgument, "text"));
    }
    analyze(&it, &"字".repeat(8_000)).await.unwrap();
}
