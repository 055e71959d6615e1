//! Whole examples for scripts and pipelines. The files stand once, in `examples`.

use super::super::topic::{Block, Topic, code, definitions, paragraph};

pub(in super::super) const SCRIPTING: Topic =
    Topic { name: "scripting", about: "scripts, cron jobs and pipelines, with whole examples", blocks };

fn blocks() -> Vec<Block> {
    vec![
        paragraph("What a script can rely on, in short:"),
        definitions([
            ("answer", "`-o json`, or rows: `-o jsonl`, `-o csv`, `-o name`; see `sactl help formatting`"),
            ("failure", "the exit code, and the `code` of the error document; see `sactl help exit-codes`"),
            (
                "sign-in",
                "SACTL_USERNAME with SACTL_PASSWORD_FILE, or a profile; see `sactl help credentials`",
            ),
            ("questions", "none without a terminal, and none with `--no-input`; `--yes` confirms beforehand"),
            (
                "repeating",
                "a command that failed with exit 8 can be run again; `grant` and `revoke` can always be",
            ),
        ]),
        Block::Heading("Bash: what should be there"),
        code(include_str!("../examples/ensure.sh")),
        Block::Heading("Cron: a report by a service account"),
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
