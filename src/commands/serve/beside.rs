//! What runs next to requests: housekeeping, metrics, reloading certificates, and messages to the service manager.
//!
//! Responsible for starting and ending it. Refuses to stop the server if one of them fails.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::platform::app::{Listener, ReloadSignal, Tls};
use crate::platform::{Platform, housekeeping, router};

/// Starts these tasks; they end when the returned set is dropped.
pub(super) fn start(
    platform: &Platform,
    retention: SignedDuration,
    (tls, asked): (Option<Tls>, ReloadSignal),
    metrics: Option<(Listener, String)>,
) -> JoinSet<()> {
    let mut beside = JoinSet::new();
    beside.spawn(housekeeping::keep(platform.clone(), retention));
    beside.spawn(reload(tls, asked));
    if let Some((listener, url)) = metrics {
        tracing::info!(%url, "showing metrics");
        beside.spawn(listener.serve(router::metrics_router(platform.clone()), std::future::pending()));
    }
    beside
}

/// Reads the certificate again at each signal.
async fn reload(tls: Option<Tls>, mut asked: ReloadSignal) {
    loop {
        asked.next().await;
        match tls.as_ref().map(Tls::reload) {
            None => tracing::info!("there is no certificate to read again"),
            Some(Ok(())) => tracing::info!("read the certificate again"),
            Some(Err(error)) => tracing::error!(%error, "cannot use the new certificate; the old one stays"),
        }
    }
}

/// Ready when the time `delay` has passed after the stop signal. From the signal on, the platform says that it is not
/// ready.
pub(super) async fn drained(stop: impl Future<Output = ()>, platform: Platform, delay: Duration) {
    stop.await;
    platform.drain();
    tell_stopping();
    tokio::time::sleep(delay).await;
}

/// Tells the service manager, where there is one, that the server answers.
pub(super) fn tell_ready() {
    #[cfg(target_os = "linux")]
    tell(sd_notify::NotifyState::Ready);
}

fn tell_stopping() {
    #[cfg(target_os = "linux")]
    tell(sd_notify::NotifyState::Stopping);
}

#[cfg(target_os = "linux")]
fn tell(state: sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the service manager was not told");
    }
}
