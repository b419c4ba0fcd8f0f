<#import "template.ftl" as mail>
<#setting time_zone="Europe/London">
<@mail.emailLayout heading=msg("eventUpdatePasswordSubject")>
<@mail.paragraph text=msg("eventUpdatePasswordHappened", event.date?datetime?string("d MMMM yyyy"), event.date?datetime?string("HH:mm"))/>
<@mail.section text=msg("cqrsToDo")/>
<@mail.paragraph text=msg("eventUpdatePasswordToDo")/>
</@mail.emailLayout>
