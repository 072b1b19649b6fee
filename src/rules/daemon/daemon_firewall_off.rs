use crate::daemon::Daemon;
use crate::finding::Findings;
use crate::rule::Context;

pub fn daemon(_cx: &Context, file: &Daemon, out: &mut Findings) {
    for key in ["iptables", "ip6tables"] {
        if let (Some(false), Some(setting)) = (file.flag(key), file.get(key)) {
            let message = format!(
                "with `{key}: false` the engine writes no firewall rules, so networks of containers are not separated; \
                 remove it, or write the rules yourself"
            );
            out.at(file.source, setting.span, message);
        }
    }
}
