# The namespace's name.
terraform import supervisor_vsphere_namespace.banking banking
