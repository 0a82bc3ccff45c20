"""What one turn costs, all the questions that it asked together. Pure."""

from __future__ import annotations

from uuid import UUID

from llm.contracts import Answer, ModelUnavailable, Question, Usage
from llm.model import Model
from sessions_app.contracts import Cost


class Bill:
    """Asks a model, and adds up what that took: answers that were of no use were paid for too."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._spent: list[Usage] = []

    async def ask(self, question: Question) -> Answer:
        """The model's answer. Raises ModelUnavailable and ModelRefused."""
        try:
            answer = await self._model.ask(question)
        except ModelUnavailable as error:
            if error.spent is not None:
                self._spent.append(error.spent)
            raise
        self._spent.append(answer.usage)
        return answer

    def cost(self, answer: Answer | None = None, *, prompt_version_id: UUID | None = None) -> Cost:
        """All that was spent so far, in the name of the answer that the person gets to see."""
        return Cost(
            model=answer.model if answer else "",
            prompt_tokens=sum(each.prompt_tokens for each in self._spent),
            completion_tokens=sum(each.completion_tokens for each in self._spent),
            cost_micros=sum(each.cost_micros for each in self._spent),
            latency_ms=answer.latency_ms if answer else None,
            prompt_version_id=prompt_version_id if answer else None,
        )
