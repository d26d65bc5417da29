//! What somebody else writes into NSX, and what becomes of the verdict on a closed namespace.

mod bench;
mod case;
mod crowd;
mod foreign;
mod guide;
mod once_closed;
mod openings;

use self::{
    bench::Bench,
    case::{Case, Then},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_once_called_closed_is_not() {
    let mut bench = Bench::new().await;
    let cases = once_closed::cases(&bench.facts);
    bench.try_all(cases).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_opens_a_namespace_is_named() {
    let mut bench = Bench::new().await;
    bench.try_all(openings::cases()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_rules_about_others_open_nothing_and_hide_nothing() {
    let mut bench = Bench::new().await;
    bench.keep(&crowd::deeds());
    let alone = Case::of("five hundred rules about others", [], Then::Closed);
    let on_top = [vec![alone], once_closed::parts(), once_closed::ties(), openings::cases()];
    bench.try_all(on_top.concat()).await;
}
