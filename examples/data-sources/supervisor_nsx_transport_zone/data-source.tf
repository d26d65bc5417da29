data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

output "transport_zone_path" {
  value = data.supervisor_nsx_transport_zone.overlay.path
}
