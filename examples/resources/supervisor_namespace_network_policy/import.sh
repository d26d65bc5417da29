# The namespace and the policy's name, behind the vSphere cluster's identifier if the policy has a `cluster`. Its `id` or `path`
# will do as well.
terraform import supervisor_namespace_network_policy.banking banking/web

# With `manifest:` before it, for a policy that is written as a manifest.
terraform import supervisor_namespace_network_policy.gateway manifest:banking/gateway
