//! The local issuer's key file: private, stable, and refused when others can read it.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use chassis::authn::{LocalIssuer, Role, TokenFile, TokenSource, Verifier};

use crate::harness::TestIssuer;

#[tokio::test]
async fn a_key_is_created_once_and_only_for_its_owner() {
    let first = TestIssuer::new();
    let mode = fs::metadata(first.key_path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let again = LocalIssuer::load_or_create(first.key_path()).unwrap();

    assert_eq!(first.issuer.jwks(), again.jwks());
    let verifier = Verifier::new(&first.args()).await.unwrap();
    let token =
        again.token(crate::harness::TENANT, Role::Admin, std::time::Duration::from_secs(60));
    verifier.verify(&token, None).await.unwrap();
    let left: Vec<_> = fs::read_dir(first.directory.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "the key and its public half, no drafts");
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let issuer = TestIssuer::new();
    fs::set_permissions(issuer.key_path(), Permissions::from_mode(0o644)).unwrap();

    let refused = LocalIssuer::load_or_create(issuer.key_path()).map(|_| ()).unwrap_err();

    assert!(refused.to_string().contains("chmod 600"), "{refused}");
}

#[test]
fn a_file_that_is_no_key_is_refused() {
    let issuer = TestIssuer::new();
    fs::write(issuer.key_path(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
        .unwrap();

    assert!(LocalIssuer::load_or_create(issuer.key_path()).is_err());
}

#[test]
fn a_token_file_says_what_to_look_at_when_it_is_missing_or_empty() {
    let directory = tempfile::TempDir::new().unwrap();
    let path = directory.path().join("token");
    let source = TokenFile::new(&path);
    assert!(source.token().unwrap_err().to_string().contains("cannot read the token file"));

    fs::write(&path, "\n").unwrap();
    assert!(source.token().unwrap_err().to_string().contains("holds no token"));

    fs::write(&path, "abc\n").unwrap();
    assert_eq!(source.token().unwrap(), "abc");
}
