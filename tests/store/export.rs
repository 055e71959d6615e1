//! The export of audit records: every record once and in order, whatever ends late.

use std::time::Duration;

use sactl::platform::service::export::{Export, Last};
use sactl::platform::service::installation;
use sea_orm::ConnectionTrait as _;

use super::{Database, World, on_both, statement};

on_both![export_gives_every_record_in_order_while_others_write, export_goes_on_where_it_ended];

async fn ids(world: &World) -> Vec<i64> {
    let db = world.database.connect().await;
    let rows = db.query_all_raw(statement(&db, "SELECT id FROM audit ORDER BY id")).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Everything that is there.
async fn rest(export: &mut Export) -> Vec<i64> {
    let mut all = Vec::new();
    loop {
        let batch = export.next().await.unwrap();
        if batch.is_empty() {
            return all;
        }
        all.extend(batch.iter().map(|(record, _)| record.id));
    }
}

/// Four writers over two nodes, and a reader that asks as often as it can.
async fn export_gives_every_record_in_order_while_others_write(database: Database) {
    let world = World::sandbox(database).await;
    let other = world.other_node().await;
    let writers: Vec<_> = (0..4)
        .map(|number| {
            let platform = if number % 2 == 0 { world.platform.clone() } else { other.clone() };
            tokio::spawn(async move {
                for round in 0..40 {
                    let name = format!("company {number} {round}");
                    installation::create_company(&platform, &name, false).await.unwrap();
                }
            })
        })
        .collect();
    let mut export = Export::behind(&world.platform, Last::default()).await.unwrap().unwrap();
    let mut exported = Vec::new();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        exported.extend(rest(&mut export).await);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    exported.extend(rest(&mut export).await);
    assert!(exported.len() >= 160);
    assert_eq!(exported, ids(&world).await);
}

/// Batches, the end of the log, and a database that is older than the cursor.
async fn export_goes_on_where_it_ended(database: Database) {
    let world = World::sandbox(database).await;
    let db = world.database.connect().await;
    let many =
        "INSERT INTO audit (at, company_id, action, actor_kind, actor_id, actor_name, detail, request_id)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
        SELECT i, 1, 'role.created', 'company', 1, 'Acme', 'null', 'r' FROM n";
    db.execute_unprepared(many).await.unwrap();
    let mut export = Export::behind(&world.platform, Last::default()).await.unwrap().unwrap();
    let all = rest(&mut export).await;
    assert_eq!(all, ids(&world).await);
    let last = export.last().clone();
    assert_eq!(last.id, *all.last().unwrap());
    let mut later =
        Export::behind(&world.platform, Last { id: all[1200], origin: None }).await.unwrap().unwrap();
    assert_eq!(rest(&mut later).await, all[1201..]);
    assert!(later.next().await.unwrap().is_empty());
    let goes_on = async |last: &Last| Export::behind(&world.platform, last.clone()).await.unwrap().is_some();
    assert!(goes_on(&last).await);
    assert!(!goes_on(&Last { id: last.id + 1, origin: None }).await, "the log ends before it");
    let (at, request) = last.origin.clone().unwrap();
    for other in [(at, "other".to_owned()), (at + jiff::SignedDuration::from_millis(1), request)] {
        assert!(!goes_on(&Last { origin: Some(other), ..last }).await, "another record has its number");
    }
    let mut slow = Export::behind(&world.platform, Last::default()).await.unwrap().unwrap();
    assert_eq!(slow.next().await.unwrap().len(), 1000);
    let middle = Last { id: all[1200], origin: None };
    db.execute_unprepared(&format!("DELETE FROM audit WHERE id = {}", middle.id)).await.unwrap();
    assert!(!goes_on(&middle).await, "records before it are there");
    db.execute_unprepared(&format!("DELETE FROM audit WHERE id < {}", middle.id)).await.unwrap();
    assert!(goes_on(&middle).await, "retention removed it and all before it");
    db.execute_unprepared("DELETE FROM audit").await.unwrap();
    assert!(goes_on(&last).await, "retention removed all");
    assert!(slow.next().await.unwrap().is_empty());
    installation::create_company(&world.platform, "late", false).await.unwrap();
    assert_eq!(rest(&mut slow).await.len(), 1, "it goes on behind what retention removed");
}

/// PostgreSQL gives a number before the transaction ends: a record that appears late has a lower number than others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_waits_for_a_record_that_is_written_late() {
    for (end, is_kept) in [("COMMIT", true), ("ROLLBACK", false)] {
        let Some(database) = Database::postgres().await else { return };
        let world = World::sandbox(database).await;
        let mut export = Export::behind(&world.platform, Last::default()).await.unwrap().unwrap();
        rest(&mut export).await;
        let db = world.database.connect().await;
        let mut late = db.get_postgres_connection_pool().acquire().await.unwrap();
        let insert = "BEGIN; INSERT INTO audit (at, company_id, action, actor_kind, actor_id, actor_name, detail, \
            request_id) VALUES (1, 1, 'role.created', 'company', 1, 'late', 'null', 'r')";
        sqlx::Executor::execute(&mut *late, insert).await.unwrap();
        installation::create_company(&world.platform, "early", false).await.unwrap();
        let mut waiting = std::pin::pin!(export.next());
        let early = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
        assert!(early.is_err(), "it passed the number of a record that may still come");
        sqlx::Executor::execute(&mut *late, end).await.unwrap();
        let batch = waiting.await.unwrap();
        let actors: Vec<_> = batch.iter().map(|(record, _)| record.actor.name.as_str()).collect();
        let expected: &[&str] = if is_kept { &["late", "early"] } else { &["early"] };
        assert_eq!(actors, expected);
    }
}
