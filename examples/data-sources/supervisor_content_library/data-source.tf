data "supervisor_content_library" "releases" {
  name = "kubernetes-releases"
}

output "content_library" {
  value = data.supervisor_content_library.releases.id
}
