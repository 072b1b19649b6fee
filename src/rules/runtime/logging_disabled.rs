use super::pulled;
use crate::container::ContainerSpec;
use crate::finding::Findings;
use crate::rule::Context;

pub fn container(cx: &Context, spec: &ContainerSpec, out: &mut Findings) {
    let driver = spec.logging.as_ref().and_then(|logging| logging.driver.as_ref());
    let Some(driver) = driver.filter(|driver| driver.is("none")) else { return };
    let message = format!(
        "{} has no log, so nobody can see what happened in it; use the driver `local`",
        pulled::name(spec)
    );
    pulled::on(cx, spec, out, driver.at, message);
}
