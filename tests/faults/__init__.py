"""What operators and accidents do, repeated: processes killed, connections cut, disks full (docs/security.md)."""
