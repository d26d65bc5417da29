import {
  to = supervisor_vsphere_namespace.banking
  identity = {
    name = "banking"
  }
}
