//! One model of a container's settings, whatever surface they were written on.
#[derive(Debug)]
pub struct ContainerSpec {}
