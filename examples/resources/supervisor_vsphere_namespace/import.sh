# The namespace's name, which is its `id`.
terraform import supervisor_vsphere_namespace.banking banking
