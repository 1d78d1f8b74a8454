//! Which service a task works for, so that five services in one process can be told apart.

tokio::task_local! {
    static SERVICE: &'static str;
}

/// Runs `work` so that every span and log line inside it carries `name` as its service.
///
/// A task spawned inside does not inherit it; wrap the spawned future again.
pub async fn within<F: Future>(name: &'static str, work: F) -> F::Output {
    SERVICE.scope(name, work).await
}

/// Returns the service this task works for, if it was told.
pub fn current() -> Option<&'static str> {
    SERVICE.try_with(|name| *name).ok()
}
