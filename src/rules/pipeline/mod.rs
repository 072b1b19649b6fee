//! Rules on pipelines that build, scan and push images, and on bots that update them.

pub mod fork_code_built_with_secrets;
pub mod image_pushed_unscanned;
pub mod image_scanned_after_push;
pub mod pull_request_replaces_image;
pub mod push_before_login;
pub mod update_bot_skips_docker;

use crate::pipeline::{Act, What};

/// Something happens there that is written elsewhere, and that may scan an image.
fn may_scan(act: &Act) -> bool {
    matches!(act.what, What::Scan { .. } | What::Unknown { may_scan: true })
}
