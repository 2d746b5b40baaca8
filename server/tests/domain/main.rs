//! The domain, the service and the hub, without sockets, on every database.

mod support;

mod conversation;
