"""The only I/O of `sip`: sockets and clocks that drive one `UserAgent`."""
