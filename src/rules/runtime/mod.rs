//! Rules on a container's settings, whatever surface they were written on.
