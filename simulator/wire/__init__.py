"""SSI FastConnect v2 on the wire, seen from the server: JSON over HTTP and classic SignalR over WebSockets."""
