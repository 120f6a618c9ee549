// Whether an escalation step reached somebody.

extension RoutingTable {
    /// Whether anybody hears of a step at once. What a silence keeps back counts as heard, because somebody wanted it so;
    /// what is held does not, and the next step follows.
    public func stepWasHeard(in plan: Plan) -> Bool {
        plan.deliveries.contains { delivery in
            guard delivery.origin == .step else { return false }
            return switch delivery.intent {
            case .send, .supersede: true
            case .suppress(let suppression): suppression.silence != nil
            case .hold: false
            }
        }
    }
}
