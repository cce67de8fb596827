"""SSI FastConnect v2 from the client side: REST, signing, the SignalR stream and FC Data."""
