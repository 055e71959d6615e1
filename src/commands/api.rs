//! `sactl api`: sends any request as the signed-in account, for what has no command of its own.
//!
//! Responsible for the request as the user has written it. Refuses a path that leads to another server.

use std::convert::Infallible;
use std::io::Read;
use std::path::PathBuf;
use std::str::FromStr;

use super::shared::company_session::maybe_made;
use super::shared::dry_run::{self, DryRunArgs};
use crate::api::Code;
use crate::client::{RawAnswer, RawRequest};
use crate::config::secure_file;
use crate::context::Context;
use crate::error::{CliError, Result, WriteOutcome};
use crate::output::RawView;
use crate::text::CommandLine;
use crate::ui::{self, Ui, WayOut, sanitise};

mod pages;

/// Most bytes of a request body.
const LIMIT: usize = 16 * 1024 * 1024;

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sactl api GET /api/users/me\n  \
    sactl api GET /api/companies/1/service-accounts --paginate -o jsonl\n  \
    sactl api PUT /api/companies/1/service-accounts/backup-runner/access --data @access.json --dry-run")]
#[expect(missing_docs, reason = "the command line says what the command does")]
pub struct Args {
    /// GET, POST, PUT, PATCH or DELETE
    method: String,

    /// Path and query
    path: String,

    /// JSON request body: @FILE, or - for standard input
    #[arg(long, value_name = "@FILE|-")]
    data: Option<Data>,

    /// Read all pages of a list; GET only
    #[arg(long, conflicts_with_all = ["data", "is_on"])]
    paginate: bool,

    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// Where a body comes from. Never from the command line itself, which every user of the machine can read.
#[derive(Clone, Debug)]
enum Data {
    Stdin,
    File(PathBuf),
    /// The body itself, which may hold a secret: it is refused, and not repeated as other wrong values are.
    Typed,
}

impl FromStr for Data {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text.strip_prefix('@') {
            _ if text == "-" => Ok(Self::Stdin),
            Some(path) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Ok(Self::Typed),
        }
    }
}

impl Data {
    fn read(&self) -> Result<Vec<u8>> {
        let bytes = match self {
            Self::File(path) => secure_file::read_bounded(
                path,
                LIMIT,
                "write the JSON document to this file, or use --data - for standard input",
            )?
            .to_vec(),
            Self::Stdin => {
                let mut bytes = Vec::new();
                let read = std::io::stdin().lock().take(LIMIT as u64 + 1).read_to_end(&mut bytes);
                read.map_err(|error| CliError::io("cannot read standard input", error))?;
                bytes
            }
            Self::Typed => {
                return Err(CliError::usage("--data takes @FILE, or - for standard input").hint(
                    "write the document to a file: every user of this machine can read the command line",
                ));
            }
        };
        if bytes.len() > LIMIT {
            return Err(CliError::usage(format!("the document is longer than {LIMIT} bytes")));
        }
        match serde_json::from_slice::<serde::de::IgnoredAny>(&bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(CliError::usage("--data is not a JSON document").caused_by(error)),
        }
    }
}

/// Sends it.
///
/// # Errors
/// `usage` for an invalid path or method and for data that is not JSON, before anything is sent; those of
/// signing in and of the request.
pub async fn run(args: Args, context: &Context) -> Result<()> {
    let body = args.data.as_ref().map(Data::read).transpose()?;
    let request = RawRequest { method: args.method, path: args.path, body };
    request.check()?;
    if args.dry_run.is_on {
        return try_out(request, context).await;
    }
    if args.paginate {
        return pages::print(&request, context).await;
    }
    let changes = is_write(&request);
    let shown = CommandLine::new("api GET").operand(&request.path);
    if changes {
        context.ui().leave_way_out(Some(WayOut::saying(maybe_made(shown.clone()))));
    }
    let answer = send(request, context).await;
    context.ui().leave_way_out(None);
    let answer = if changes { answer.state_shown_by(|| shown) } else { answer };
    let answer = answer.map_err(|error| match error.code() {
        Code::NotFound | Code::MethodNotAllowed => {
            error.hint(CommandLine::new("api GET /openapi.json").after(
                "list the routes and their methods with: \
                ",
            ))
        }
        _ => error,
    })?;
    show(context.ui(), &answer)
}

fn is_write(request: &RawRequest) -> bool {
    !["GET", "HEAD", "OPTIONS"].iter().any(|read| request.method.eq_ignore_ascii_case(read))
}

/// Shows the request; one that changes something below `/api/` has a dry run.
async fn try_out(request: RawRequest, context: &Context) -> Result<()> {
    let is_checked = is_write(&request) && request.path.starts_with("/api/");
    let session = context.session().await?;
    let change = session.raw(request);
    if !is_checked {
        return dry_run::show_only(context.ui(), change);
    }
    let would = |answer: &RawAnswer| format!("the server would answer {}", answer.status);
    match dry_run::try_out(context.ui(), session.origin(), change, would).await? {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

async fn send(request: RawRequest, context: &Context) -> Result<RawAnswer> {
    Ok(context.session().await?.raw(request).await?)
}

/// A program gets the answer as it came, unless it asked for a format; a terminal gets nothing that could
/// command it.
fn show(ui: &Ui, answer: &RawAnswer) -> Result<()> {
    if ui.is_plain() && !ui.wants_data() {
        return ui.answer(|out| out.write_all(&answer.body));
    }
    if answer.body.is_empty() {
        return Ok(());
    }
    match serde_json::from_slice(&answer.body) {
        Ok(document) if ui.wants_data() => ui::show(ui, &RawView(document)),
        Ok(document) => {
            let pretty = format!("{document:#}");
            ui.answer(|out| writeln!(out, "{}", crate::ui::json_visible(&pretty)))
        }
        Err(error) if ui.format().is_document() => {
            let kind = answer.content_type.as_deref().unwrap_or("a response without a type");
            let message = format!("the server answered with {kind}, which cannot be shown in this format");
            Err(CliError::new(Code::BadResponse, message).caused_by(error))
        }
        Err(_) => ui.answer(|out| {
            let text = String::from_utf8_lossy(&answer.body);
            text.lines().try_for_each(|line| writeln!(out, "{}", sanitise(line)))
        }),
    }
}
