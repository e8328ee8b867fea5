output "state_role_arns" {
  description = "For accounts.<name>.stateRoleArn of the topology"
  value       = { for name, role in aws_iam_role.state : name => role.arn }
}

output "read_state_role_arn" {
  description = "In place of the state roles, where nothing may be changed"
  value       = aws_iam_role.read_states.arn
}

output "pipeline_role_arns" {
  description = "For the workflows, and for deployers and readers of ../account"
  value       = { for kind, role in aws_iam_role.pipeline : kind => role.arn }
}
