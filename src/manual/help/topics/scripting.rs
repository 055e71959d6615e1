//! Complete examples for scripts and pipelines.
//!
//! Responsible for the topic `scripting`. Refuses examples that no test runs: they are the files in `examples`.

use super::super::topic::{Block, Topic, code, definitions, paragraph};

pub(in super::super) const SCRIPTING: Topic =
    Topic { name: "scripting", about: "complete examples for scripts, cron jobs and pipelines", blocks };

fn blocks() -> Vec<Block> {
    vec![
        paragraph("What scripts can rely on, in short:"),
        definitions([
            ("output", "`-o json`, or rows: `-o jsonl`, `-o csv`, `-o name`; see `sactl help formatting`"),
            ("failure", "the exit code, and the `code` of the error document; see `sactl help exit-codes`"),
            (
                "sign-in",
                "SACTL_USERNAME with SACTL_PASSWORD_FILE, or a profile; see `sactl help credentials`",
            ),
            (
                "questions",
                "sactl never prompts without a terminal or with `--no-input`; `--yes` answers \
                confirmations",
            ),
            (
                "repeating",
                "a command that failed with exit 8 is safe to repeat; `grant` and `revoke` always are",
            ),
        ]),
        Block::Heading("Bash: many commands with one sign-in"),
        paragraph(
            "Where SACTL_USERNAME and SACTL_PASSWORD_FILE are set, every command signs in anew. A loop signs in once: \
             it takes a token first, and the commands in it use that token for two hours at most.",
        ),
        code(include_str!("../examples/many.sh")),
        Block::Heading("Bash: create an account if it does not exist"),
        code(include_str!("../examples/ensure.sh")),
        Block::Heading("Cron: a report with a service account"),
        code(include_str!("../examples/report.sh")),
        Block::Heading("Bash: a new password"),
        code(include_str!("../examples/new-password.sh")),
        Block::Heading("GitHub Actions"),
        code(include_str!("../examples/github-actions.yml")),
        Block::Heading("GitLab CI"),
        code(include_str!("../examples/gitlab-ci.yml")),
        Block::Heading("Ansible"),
        code(include_str!("../examples/ansible.yml")),
    ]
}
